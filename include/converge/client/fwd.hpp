// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `client`: typed verbs and caches.
///
/// `client` reads and writes objects by their type, through any `transport`. An `informer` keeps a
/// synchronised cache of one kind and tells subscribers what changed; `view<R>` is what a
/// reconciler sees of it, and `index_of` a way to look objects up by what they contain.

namespace converge {

class client;
class leadership;
class informer;
class informer_set;
template <class R>
class view;
template <class R>
class index_of;

} // namespace converge
