// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/store/detail/posix_file.hpp>

#include <converge/core/failure.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace converge::detail {

[[noreturn]] inline void throw_system(std::string const& doing, std::string const& file)
{
    throw error{errc::unavailable,
                "cannot " + doing + " " + quoted(file) + ": " + std::strerror(errno)};
}

CONVERGE_DECL file_lock::file_lock(std::string const& file)
{
    auto const beside = file + "-lock";
    descriptor_ = ::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0)
        throw_system("open", beside);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0)
        return;
    ::close(descriptor_);
    throw error{errc::unavailable,
                quoted(file) + " is open in another store; a file belongs to one at a time"};
}

CONVERGE_DECL file_lock::~file_lock() { ::close(descriptor_); }

CONVERGE_DECL void make_private_file(std::string const& name)
{
    auto const made = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made >= 0)
        ::close(made);
    else if (errno != EEXIST)
        throw_system("make", name);
}

CONVERGE_DECL void sync_folder(std::string const& file)
{
    auto const slash = file.rfind('/');
    auto const folder = slash == std::string::npos ? std::string{"."} : file.substr(0, slash + 1);
    auto const opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0)
        throw_system("open the folder of", file);
    bool const done = ::fsync(opened) == 0;
    if (!done)
        throw_system("make durable the name of", file);
    ::close(opened);
}

} // namespace converge::detail
