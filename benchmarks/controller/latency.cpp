// SPDX-License-Identifier: BSL-1.0
#include "parts.hpp"

namespace bench {

void measure_latency(settings const&, report&) {}

} // namespace bench
