// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

namespace bench {

/// A new folder that is removed, with all in it, at the end.
class scratch_folder {
public:
    /// @throws std::system_error if it cannot be made.
    explicit scratch_folder(std::string const& under);
    ~scratch_folder();
    scratch_folder(scratch_folder const&) = delete;
    scratch_folder& operator=(scratch_folder const&) = delete;

    [[nodiscard]] std::string const& path() const noexcept { return path_; }
    [[nodiscard]] std::string file(std::string const& name) const { return path_ + "/" + name; }
    /// What kind of file system it is on: "ext4", or "memory" where nothing reaches a disk.
    [[nodiscard]] std::string file_system() const;

private:
    std::string path_;
};

} // namespace bench
