// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `core`: the vocabulary that every other module speaks.
///
/// Errors (`errc`, `failure`, `error`, `result`), time (`instant`, `timestamp`), and the
/// names of things: `kind_name`, `uid`, `revision`, `object_key`, `key<R>`, `object_ref`.
/// Nothing here knows about JSON, Asio or threads.

#include <string_view>

namespace converge {

enum class errc;
enum class scope;
struct failure;
class error;
struct kind_name;
class uid;
class revision;
struct object_key;
struct object_ref;
template <class R>
struct key;

} // namespace converge
