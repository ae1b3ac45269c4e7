// SPDX-License-Identifier: BSL-1.0
#include "measure/scratch_folder.hpp"

#include <stdlib.h>
#include <sys/vfs.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace bench {

scratch_folder::scratch_folder(std::string const& under) : path_{under + "/bench-XXXXXX"}
{
    if (!::mkdtemp(path_.data()))
        throw std::system_error{errno, std::generic_category(), "cannot make " + path_};
    path_ = std::filesystem::canonical(path_).string();
}

scratch_folder::~scratch_folder()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string scratch_folder::file_system() const
{
    struct statfs found{};
    if (::statfs(path_.c_str(), &found) != 0)
        return "unknown";
    switch (found.f_type) {
    case 0xef53: return "ext4";
    case 0x58465342: return "xfs";
    case 0x9123683e: return "btrfs";
    case 0x794c7630: return "overlayfs";
    case 0x01021994: return "memory (tmpfs): nothing reaches a disk";
    default: break;
    }
    char text[32];
    std::snprintf(text, sizeof text, "0x%lx", static_cast<unsigned long>(found.f_type));
    return text;
}

} // namespace bench
