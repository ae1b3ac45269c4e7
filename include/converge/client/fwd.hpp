// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `client`: typed verbs and caches.
///
/// `client` reads and writes objects by their type, through any `transport`. An `informer` keeps a
/// synchronised cache of one kind and tells subscribers what changed (`object_change`), for as long
/// as their `subscription` lives; `view<R>` is what a reconciler sees of it, `cache_snapshot<R>`
/// what a reader on any thread keeps of it, and `index_of<R>` a way to look objects up by what they
/// contain. `cache_options<R>` say what of each object is cached.

namespace converge {

class client;
class leadership;
class informer;
class informer_set;
class subscription;
struct object_change;
template <class R, class... Indexes>
class view;
template <class R>
struct index_of;
template <class R>
class cache_options;

} // namespace converge
