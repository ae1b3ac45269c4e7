// SPDX-License-Identifier: BSL-1.0
#include "measure/disk_probe.hpp"

#include "measure/processor_counts.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>

namespace bench {

namespace {

constexpr std::size_t allocated_pages = 4096;

void check(bool good, char const* doing)
{
    if (!good)
        throw std::system_error{errno, std::generic_category(), doing};
}

} // namespace

disk_probe::disk_probe(std::string const& file, place where)
    : where_{where},
      file_{::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)},
      content_(page, 'x')
{
    check(file_ >= 0, "cannot make the file of the disk probe");
    if (where == place::append)
        return;
    for (std::size_t i = 0; i < allocated_pages; ++i)
        write_page();
    check(::fsync(file_) == 0, "fsync");
}

disk_probe::~disk_probe() { ::close(file_); }

double disk_probe::run(steady::duration span)
{
    auto const begin = steady::now();
    std::size_t pages = 0;
    for (auto now = begin; now - begin < span; ++pages) {
        write_page();
        check(::fdatasync(file_) == 0, "fdatasync");
        auto const after = steady::now();
        latencies_.push_back(microseconds(after - now));
        now = after;
    }
    return static_cast<double>(pages) / seconds_since(begin);
}

std::vector<double> disk_probe::run_everywhere(steady::duration span)
{
    std::size_t const processors = std::max(1U, std::thread::hardware_concurrency());
    std::vector<double> rates;
    for (std::size_t i = 0; i < processors; ++i) {
        pinned const here{i};
        rates.push_back(run(span / processors));
    }
    return rates;
}

void disk_probe::write_page()
{
    auto const at = where_ == place::append ? next_ : next_ % allocated_pages;
    ++next_;
    content_[next_ % page] = static_cast<char>(next_);
    auto const written = ::pwrite(file_, content_.data(), page, static_cast<off_t>(at * page));
    check(written == static_cast<ssize_t>(page), "pwrite");
}

} // namespace bench
