// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/store/detail/posix_file.hpp>

#include <converge/core/failure.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <system_error>

namespace converge::detail {

[[noreturn]] inline void throw_system(std::string const& doing, std::string const& file)
{
    throw error{errc::unavailable,
                "cannot " + doing + " " + in_quotes(file) + ": " + std::strerror(errno)};
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
                in_quotes(file) + " is open in another store; a file belongs to one at a time"};
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
    auto const reason = ::fsync(opened) == 0 ? 0 : errno;
    ::close(opened);
    errno = reason;
    if (reason != 0)
        throw_system("make durable the name of", file);
}

CONVERGE_DECL void refuse_foreign_log(std::string const& name)
{
    constexpr std::size_t log_mark = 18;
    std::array<char, log_mark + 1> header{};
    std::ifstream file{name, std::ios::binary};
    file.read(header.data(), header.size());
    bool const keeps_none = file.gcount() == header.size() && header[log_mark] == 1;
    auto const log = name + "-wal";
    std::error_code absent;
    auto const size = std::filesystem::file_size(log, absent);
    if (keeps_none && !absent && size > 0)
        throw error{errc::invalid, in_quotes(log) + " is not of " + in_quotes(name) +
                                       " but of the file that stood there before: remove it, and " +
                                       in_quotes(name + "-shm")};
}

CONVERGE_DECL std::string resolved(std::string const& name)
{
    if (name.empty())
        throw error{errc::invalid, "a store needs the name of a file"};
    std::error_code unknown;
    auto const whole = std::filesystem::weakly_canonical(name, unknown);
    return unknown ? name : whole.string();
}

} // namespace converge::detail
