// SPDX-License-Identifier: BSL-1.0
#include <boost/asio/ssl/impl/src.hpp>
