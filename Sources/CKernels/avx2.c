// The tier of processors with AVX2 and FMA.

#if defined(__x86_64__)

#include "convert.h"
#include "elementary.h"
#include "layout.h"
#include "store_kv.h"
#include "tables.h"

#define BOUND_ROWS 2
#define LANES 8
#define ROWS_MAX 6
#define FOR_EACH_ROWS(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6)
#define tile_columns(rows) ((rows) <= 2 ? CK_PANEL : CK_PANEL / 2)
// Sixteen registers: a wide vector is two of them.
#define QUERIES 4
#define VALUE_VECTORS 1
#define FOR_EACH_QUERIES(DO) DO(1) DO(2) DO(3) DO(4)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#include "lanes.inc.h"
#include "rows.inc.h"
#include "attention_kinds.inc.h"
#include "matmul_lanes.inc.h"
#include "matmul_fma.inc.h"

#pragma clang attribute pop

#define TIER avx2
#define PREPARED_BF16 false
#define PREPARE prepare
#define MATMUL_BF16 matmul_bf16
#include "tier.inc.h"

#endif
