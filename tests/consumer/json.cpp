// SPDX-License-Identifier: BSL-1.0
#include <converge/src.hpp>
