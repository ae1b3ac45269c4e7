// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `store`: a watchable, versioned map from keys to objects.
///
/// Every `commit` of a `transaction` gets exactly one revision; reads and refused commits get
/// none. A `list` is one snapshot. A watch delivers every change after a revision, in order,
/// whole revisions at a time, or ends with `gone`. `memory_store` is the store in memory,
/// `sqlite_store` the same with a journal in an SQLite file; `any_store` is any store behind one
/// interface, and what the layers above use.

namespace converge {

class any_store;
class memory_store;
class sqlite_store;
class watch_stream;
struct transaction;

} // namespace converge
