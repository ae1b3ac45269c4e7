// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/detail/retired_list.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace converge::detail {

/// An ordered set of pointers that readers walk while one thread changes it: a B+-tree whose
/// published nodes never change. A change copies the nodes on the path to it, unless they were
/// made since the last publication, so that a batch copies each node once and building a tree
/// copies none. What the copies replaced is given to a `retired_list`.
///
/// `Order::before(T const&, T const&)` is a strict total order of what stays the same about an
/// element. `T`s are the caller's; an element must outlive every published root that shows it.
///
/// @par Threads  A root, once published, may be read by any thread; changes come from one.
template <class T, class Order>
class cow_tree {
public:
    static constexpr std::size_t width = 64;
    /// A tree of this depth has had more than 2^50 changes.
    static constexpr std::size_t depth_max = 11;

    /// Published ones are immutable.
    struct node {
        std::uint64_t born;
        std::uint16_t count = 0;
        bool is_leaf;
        /// In a leaf the elements, in another the first element under each child.
        std::array<T*, width> first;
    };
    struct branch : node {
        std::array<node*, width> child;
    };

    /// A place in one root: an element, or the end. The root must live.
    class cursor {
    public:
        cursor() = default;

        [[nodiscard]] T* get() const noexcept { return here_; }

        void step() noexcept
        {
            if (++at_ != leaf_->count)
                here_ = leaf_->first[at_];
            else
                climb();
        }

        friend bool operator==(cursor const& left, cursor const& right) noexcept
        {
            return left.here_ == right.here_;
        }

    private:
        friend class cow_tree;

        void enter(node const* leaf, std::size_t at) noexcept
        {
            leaf_ = leaf;
            at_ = at;
            here_ = leaf->first[at];
        }

        /// To the next leaf.
        void climb() noexcept
        {
            while (depth_ != 0 && turn_[depth_ - 1] + 1u == path_[depth_ - 1]->count)
                --depth_;
            if (depth_ == 0) {
                here_ = nullptr;
                return;
            }
            auto const turn = ++turn_[depth_ - 1];
            node const* down = path_[depth_ - 1]->child[turn];
            while (!down->is_leaf) {
                path_[depth_] = static_cast<branch const*>(down);
                turn_[depth_++] = 0;
                down = path_[depth_ - 1]->child[0];
            }
            enter(down, 0);
        }

        T* here_ = nullptr;
        node const* leaf_ = nullptr;
        std::size_t at_ = 0;
        std::size_t depth_ = 0;
        std::array<branch const*, depth_max> path_;
        std::array<std::uint16_t, depth_max> turn_;
    };

    cow_tree() = default;
    cow_tree(cow_tree&& other) noexcept : root_{std::exchange(other.root_, nullptr)} {}
    cow_tree& operator=(cow_tree&&) = delete;
    /// Frees the nodes of the present root; those that were retired are the list's.
    ~cow_tree() { free_all(root_); }

    [[nodiscard]] node const* root() const noexcept { return root_; }

    /// The first element of which `is_before(element)` does not hold. @pre It holds for a first
    /// part of the elements. Logarithmic.
    template <class IsBefore>
    [[nodiscard]] static cursor seek(node const* root, IsBefore is_before)
    {
        cursor found;
        if (root == nullptr)
            return found;
        auto const* down = root;
        while (!down->is_leaf) {
            auto const at = place_in(*down, is_before);
            auto const turn = at == 0 ? 0 : at - 1;
            auto const* const inner = static_cast<branch const*>(down);
            found.path_[found.depth_] = inner;
            found.turn_[found.depth_++] = static_cast<std::uint16_t>(turn);
            down = inner->child[turn];
        }
        auto const at = place_in(*down, is_before);
        if (at == down->count) {
            found.leaf_ = down;
            found.climb();
        } else {
            found.enter(down, at);
        }
        return found;
    }

    [[nodiscard]] static cursor begin(node const* root)
    {
        return seek(root, [](T const&) { return false; });
    }

    /// @pre No element that is equal in order is in the tree. Logarithmic, and copies a node of
    /// each level once between publications.
    void insert(T& added, tree_edit const& how)
    {
        if (root_ == nullptr) {
            root_ = make(true, how);
            root_->first[0] = &added;
            root_->count = 1;
            return;
        }
        if (auto* const right = insert(root_, added, how)) {
            auto* const top = static_cast<branch*>(make(false, how));
            put(*top, 0, root_);
            put(*top, 1, right);
            top->count = 2;
            root_ = top;
        }
    }

    /// @pre It is in the tree. Complexity as `insert`.
    void erase(T const& removed, tree_edit const& how)
    {
        erase(root_, removed, how);
        if (root_->count == 0) {
            drop(std::exchange(root_, nullptr), how);
        } else if (!root_->is_leaf && root_->count == 1) {
            auto* const top = static_cast<branch*>(root_);
            root_ = top->child[0];
            drop(top, how);
        }
    }

    /// Makes `sorted` the elements of an empty tree. Linear.
    void assign(std::vector<T*> const& sorted, tree_edit const& how)
    {
        std::vector<node*> level;
        for (std::size_t begin = 0; begin < sorted.size(); begin += filled) {
            auto const count = std::min(filled, sorted.size() - begin);
            auto* const leaf = level.emplace_back(make(true, how));
            std::copy_n(sorted.begin() + static_cast<std::ptrdiff_t>(begin), count,
                        leaf->first.begin());
            leaf->count = static_cast<std::uint16_t>(count);
        }
        while (level.size() > 1) {
            std::vector<node*> above;
            for (std::size_t begin = 0; begin < level.size(); begin += filled) {
                auto const count = std::min(filled, level.size() - begin);
                auto* const inner = static_cast<branch*>(above.emplace_back(make(false, how)));
                for (std::size_t i = 0; i != count; ++i)
                    put(*inner, i, level[begin + i]);
                inner->count = static_cast<std::uint16_t>(count);
            }
            level = std::move(above);
        }
        root_ = level.empty() ? nullptr : level.front();
    }

private:
    /// Some room for what comes later.
    static constexpr std::size_t filled = width - width / 8;
    /// Below this a node is joined with its neighbour, if both fit into one.
    static constexpr std::size_t sparse = width / 4;

    template <class IsBefore>
    [[nodiscard]] static std::size_t place_in(node const& in, IsBefore const& is_before)
    {
        auto const begin = in.first.begin();
        auto const found = std::partition_point(begin, begin + in.count,
                                                [&](T const* each) { return is_before(*each); });
        return static_cast<std::size_t>(found - begin);
    }

    [[nodiscard]] static std::size_t place_of(node const& in, T const& sought)
    {
        return place_in(in, [&](T const& each) { return Order::before(each, sought); });
    }

    /// The child of `in` under which `sought` belongs.
    [[nodiscard]] static std::size_t turn_to(node const& in, T const& sought)
    {
        auto const behind =
            place_in(in, [&](T const& each) { return !Order::before(sought, each); });
        return behind == 0 ? 0 : behind - 1;
    }

    [[nodiscard]] static node* make(bool is_leaf, tree_edit const& how)
    {
        node* const made = is_leaf ? new node : new branch;
        made->born = how.building;
        made->count = 0;
        made->is_leaf = is_leaf;
        return made;
    }

    static void free_node(void*, void* dead)
    {
        auto* const each = static_cast<node*>(dead);
        if (each->is_leaf)
            delete each;
        else
            delete static_cast<branch*>(each);
    }

    static void free_all(node* top)
    {
        if (top == nullptr)
            return;
        if (!top->is_leaf)
            for (std::size_t i = 0; i != top->count; ++i)
                free_all(static_cast<branch*>(top)->child[i]);
        free_node(nullptr, top);
    }

    /// Ends the use of a node: at once if no reader can know it.
    static void drop(node* dead, tree_edit const& how)
    {
        if (dead->born == how.building)
            free_node(nullptr, dead);
        else
            how.retired.add(how.building - 1, nullptr, dead, &free_node);
    }

    static void put(branch& in, std::size_t at, node* child)
    {
        in.first[at] = child->first[0];
        in.child[at] = child;
    }

    /// Makes `of` a node that may be changed.
    static void own(node*& of, tree_edit const& how)
    {
        if (of->born == how.building)
            return;
        auto* const copy = make(of->is_leaf, how);
        append(*copy, *of, 0);
        drop(std::exchange(of, copy), how);
    }

    /// Copies the elements of `from`, from one on, to the end of `to`.
    static void append(node& to, node const& from, std::size_t begin)
    {
        auto const first = static_cast<std::ptrdiff_t>(begin);
        std::copy(from.first.begin() + first, from.first.begin() + from.count,
                  to.first.begin() + to.count);
        if (!to.is_leaf)
            std::copy(static_cast<branch const&>(from).child.begin() + first,
                      static_cast<branch const&>(from).child.begin() + from.count,
                      static_cast<branch&>(to).child.begin() + to.count);
        to.count = static_cast<std::uint16_t>(to.count + from.count - begin);
    }

    /// Makes a gap at `at`.
    static void widen(node& of, std::size_t at)
    {
        std::copy_backward(of.first.begin() + static_cast<std::ptrdiff_t>(at),
                           of.first.begin() + of.count, of.first.begin() + of.count + 1);
        if (!of.is_leaf) {
            auto& child = static_cast<branch&>(of).child;
            std::copy_backward(child.begin() + static_cast<std::ptrdiff_t>(at),
                               child.begin() + of.count, child.begin() + of.count + 1);
        }
        ++of.count;
    }

    /// Closes the gap at `at`.
    static void narrow(node& of, std::size_t at)
    {
        auto const behind = static_cast<std::ptrdiff_t>(at) + 1;
        std::copy(of.first.begin() + behind, of.first.begin() + of.count,
                  of.first.begin() + behind - 1);
        if (!of.is_leaf) {
            auto& child = static_cast<branch&>(of).child;
            std::copy(child.begin() + behind, child.begin() + of.count, child.begin() + behind - 1);
        }
        --of.count;
    }

    /// Splits a full node into which something shall come at `at`, which is changed to be the
    /// place in the node that is returned in `into`. @returns the new right one.
    [[nodiscard]] static node* split(node& full, std::size_t& at, node*& into, tree_edit const& how)
    {
        // What comes in order fills the nodes instead of leaving every one half empty.
        auto const keep = at == width ? filled : width / 2;
        auto* const right = make(full.is_leaf, how);
        append(*right, full, keep);
        full.count = static_cast<std::uint16_t>(keep);
        into = &full;
        if (at > keep) {
            at -= keep;
            into = right;
        }
        return right;
    }

    /// @returns a new right neighbour of `in`, or null.
    [[nodiscard]] static node* insert(node*& in, T& added, tree_edit const& how)
    {
        own(in, how);
        std::size_t at = 0;
        node* child = nullptr;
        if (in->is_leaf) {
            at = place_of(*in, added);
        } else {
            auto* const inner = static_cast<branch*>(in);
            auto const turn = turn_to(*in, added);
            child = insert(inner->child[turn], added, how);
            inner->first[turn] = inner->child[turn]->first[0];
            if (child == nullptr)
                return nullptr;
            at = turn + 1;
        }
        node* right = nullptr;
        auto* into = in;
        if (in->count == width)
            right = split(*in, at, into, how);
        widen(*into, at);
        if (child != nullptr)
            put(*static_cast<branch*>(into), at, child);
        else
            into->first[at] = &added;
        return right;
    }

    static void erase(node*& in, T const& removed, tree_edit const& how)
    {
        own(in, how);
        if (in->is_leaf) {
            narrow(*in, place_of(*in, removed));
            return;
        }
        auto& inner = static_cast<branch&>(*in);
        auto const turn = turn_to(*in, removed);
        erase(inner.child[turn], removed, how);
        if (inner.child[turn]->count == 0) {
            drop(inner.child[turn], how);
            narrow(inner, turn);
            return;
        }
        inner.first[turn] = inner.child[turn]->first[0];
        if (inner.child[turn]->count < sparse && inner.count > 1)
            join(inner, turn == 0 ? 0 : turn - 1, how);
    }

    /// Joins a child with its right neighbour, if they fit.
    static void join(branch& in, std::size_t left, tree_edit const& how)
    {
        auto* const right = in.child[left + 1];
        if (in.child[left]->count + right->count > filled)
            return;
        own(in.child[left], how);
        append(*in.child[left], *right, 0);
        drop(right, how);
        narrow(in, left + 1);
    }

    node* root_ = nullptr;
};

} // namespace converge::detail
