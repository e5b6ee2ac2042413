// The tier of 64-bit ARM processors: Advanced SIMD is always there.

#if defined(__aarch64__)

#include "convert.h"
#include "elementary.h"
#include "layout.h"
#include "store_kv.h"
#include "tables.h"

#define BOUND_ROWS 2
#define LANES 4
#define ROWS_MAX 6
#define FOR_EACH_ROWS(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6)
#define tile_columns(rows) ((rows) <= 3 ? CK_PANEL : CK_PANEL / 2)
// Thirty-two registers: a wide vector is four of them.
#define QUERIES 4
#define VALUE_VECTORS 1
#define FOR_EACH_QUERIES(DO) DO(1) DO(2) DO(3) DO(4)

#include "lanes.inc.h"
#include "rows.inc.h"
#include "attention_kinds.inc.h"
#include "matmul_lanes.inc.h"
#include "matmul_fma.inc.h"

#define TIER neon
#define PREPARED_BF16 false
#define PREPARE prepare
#define MATMUL_BF16 matmul_bf16
#include "tier.inc.h"

#endif
