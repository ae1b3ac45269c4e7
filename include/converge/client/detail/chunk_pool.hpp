// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace converge::detail {

/// Memory for many values of one type, without a heap header for each; taken in chunks that grow,
/// kept until the pool ends. Values that are alive then are not destroyed. One thread.
template <class T>
class chunk_pool {
public:
    chunk_pool() = default;
    chunk_pool(chunk_pool const&) = delete;
    chunk_pool& operator=(chunk_pool const&) = delete;

    template <class... Args>
    [[nodiscard]] T* make(Args&&... args)
    {
        if (free_ == nullptr)
            grow();
        auto* const here = std::exchange(free_, free_->next);
        return ::new (static_cast<void*>(here->bytes)) T{std::forward<Args>(args)...};
    }

    void destroy(T* dead) noexcept
    {
        dead->~T();
        auto* const here = reinterpret_cast<cell*>(dead);
        here->next = free_;
        free_ = here;
    }

private:
    union cell {
        cell* next;
        alignas(T) unsigned char bytes[sizeof(T)];
    };
    static constexpr std::size_t chunk_min = 8;
    static constexpr std::size_t chunk_max = 512;

    void grow()
    {
        auto const count = next_chunk_;
        next_chunk_ = std::min(count * 2, chunk_max);
        auto* const fresh = chunks_.emplace_back(new cell[count]).get();
        for (std::size_t i = count; i-- != 0;) {
            fresh[i].next = free_;
            free_ = &fresh[i];
        }
    }

    std::vector<std::unique_ptr<cell[]>> chunks_;
    std::size_t next_chunk_ = chunk_min;
    cell* free_ = nullptr;
};

} // namespace converge::detail
