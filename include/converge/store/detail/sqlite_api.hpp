// SPDX-License-Identifier: BSL-1.0
#pragma once

// The one place that includes SQLite.
#include <sqlite3.h>
