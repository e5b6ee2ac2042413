// The tier of processors with AVX-512 F, BW, DQ and VL, and the table of the one that multiplies
// bf16 besides.

#if defined(__x86_64__)

#include "avx512bf16.h"
#include "convert.h"
#include "elementary.h"
#include "layout.h"
#include "store_kv.h"
#include "tables.h"

#define BOUND_ROWS 2
#define LANES 16
#define ROWS_MAX 8
#define FOR_EACH_ROWS(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8)
#define tile_columns(rows) CK_PANEL
#define QUERIES 8
#define VALUE_VECTORS 2
#define FOR_EACH_QUERIES(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8)

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)

#include "lanes.inc.h"
#include "rows.inc.h"
#include "attention_kinds.inc.h"
#include "matmul_lanes.inc.h"
#include "matmul_fma.inc.h"

#pragma clang attribute pop

#define TIER avx512
#define PREPARED_BF16 false
#define PREPARE prepare
#define MATMUL_BF16 matmul_bf16
#include "tier.inc.h"

#define TIER avx512bf16
#define PREPARED_BF16 true
#define PREPARE ck_avx512bf16_prepare
#define MATMUL_BF16 ck_avx512bf16_matmul
#include "tier.inc.h"

#endif
