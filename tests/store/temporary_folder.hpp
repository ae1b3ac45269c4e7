// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace store_test {

/// A new folder on disk, removed with all that is in it.
class temporary_folder {
public:
    temporary_folder()
        : path_{(std::filesystem::temp_directory_path() / "converge-store-XXXXXX").string()}
    {
        if (!::mkdtemp(path_.data()))
            throw std::runtime_error{"cannot make the folder " + path_};
    }
    temporary_folder(temporary_folder const&) = delete;
    temporary_folder& operator=(temporary_folder const&) = delete;
    ~temporary_folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::string file(std::string const& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

} // namespace store_test
