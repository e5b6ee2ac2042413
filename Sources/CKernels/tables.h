// The tiers' tables; which of them exist is decided at compile time, which of them run in tiers.c.

#ifndef CK_TABLES_H
#define CK_TABLES_H

#include "ckernels.h"

/// Queries that attention takes through the keys together, in the tier that takes most.
#define CK_QUERIES_MAX 8

extern const ck_tier ck_tier_scalar;

#if defined(__x86_64__)
extern const ck_tier ck_tier_avx2;
extern const ck_tier ck_tier_avx512;
extern const ck_tier ck_tier_avx512bf16;
#elif defined(__aarch64__)
extern const ck_tier ck_tier_neon;
#endif

#endif
