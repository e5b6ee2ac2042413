// Sixteen f32 lanes, in whatever registers the tier has. Every reduction of a vector tier runs over
// these sixteen lanes and a fixed tree at the end, so all vector tiers add in the same order.
//
// Included by each tier inside its region of target attributes, hence no include guard.

#include "convert.h"
#include "elementary.h"
#include "layout.h"

#pragma STDC FP_CONTRACT OFF
// Vectors wider than a register are only ever passed to inlined functions.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline, unused))
#define WIDE 16

typedef float f32x16 __attribute__((ext_vector_type(WIDE)));
typedef uint32_t u32x16 __attribute__((ext_vector_type(WIDE)));
typedef uint16_t u16x16 __attribute__((ext_vector_type(WIDE)));
typedef float f32x16_in_memory __attribute__((ext_vector_type(WIDE), aligned(4), may_alias));
typedef uint16_t u16x16_in_memory __attribute__((ext_vector_type(WIDE), aligned(2), may_alias));

INLINE f32x16 wide_splat(float value) {
    return (f32x16)value;
}

INLINE f32x16 wide_load(const float *from) {
    return *(const f32x16_in_memory *)from;
}

INLINE void wide_store(float *to, f32x16 value) {
    *(f32x16_in_memory *)to = value;
}

/// The first `count` < 16 lanes from memory, the others `fill`.
INLINE f32x16 wide_load_part(const float *from, size_t count, float fill) {
    float lanes[WIDE];
    wide_store(lanes, wide_splat(fill));
    memcpy(lanes, from, count * sizeof(float));
    return wide_load(lanes);
}

INLINE void wide_store_part(float *to, f32x16 value, size_t count) {
    float lanes[WIDE];
    wide_store(lanes, value);
    memcpy(to, lanes, count * sizeof(float));
}

INLINE f32x16 wide_from_bf16(u16x16 halves) {
    return (f32x16)(__builtin_convertvector(halves, u32x16) << 16);
}

INLINE f32x16 wide_load_bf16(const uint16_t *from) {
    return wide_from_bf16(*(const u16x16_in_memory *)from);
}

INLINE f32x16 wide_load_part_bf16(const uint16_t *from, size_t count) {
    uint16_t lanes[WIDE] = {0};
    memcpy(lanes, from, count * sizeof(uint16_t));
    return wide_load_bf16(lanes);
}

/// a · b + c with one rounding.
INLINE f32x16 wide_fma(f32x16 a, f32x16 b, f32x16 c) {
    return __builtin_elementwise_fma(a, b, c);
}

/// The larger; b where a is not a number.
INLINE f32x16 wide_max(f32x16 a, f32x16 b) {
    return a > b ? a : b;
}

INLINE float wide_sum(f32x16 v) {
    float eight[8];
    for (size_t i = 0; i < 8; i++) {
        eight[i] = v[i] + v[i + 8];
    }
    return ((eight[0] + eight[4]) + (eight[2] + eight[6]))
        + ((eight[1] + eight[5]) + (eight[3] + eight[7]));
}

INLINE float wide_largest(f32x16 v) {
    float best = -__builtin_inff();
    for (size_t i = 0; i < WIDE; i++) {
        best = v[i] > best ? v[i] : best;
    }
    return best;
}

/// As ck_exp, with fused multiplications; not-a-number stays one.
INLINE f32x16 wide_exp(f32x16 x) {
    f32x16 shifted = wide_fma(x, wide_splat(CK_LOG2E), wide_splat(CK_ROUNDER));
    f32x16 n = shifted - CK_ROUNDER;
    f32x16 r = wide_fma(n, wide_splat(-CK_LN2_HIGH), x);
    r = wide_fma(n, wide_splat(-CK_LN2_LOW), r);
    f32x16 p = wide_splat(CK_EXP_C4);
    p = wide_fma(p, r, wide_splat(CK_EXP_C3));
    p = wide_fma(p, r, wide_splat(CK_EXP_C2));
    p = wide_fma(p, r, wide_splat(CK_EXP_C1));
    p = wide_fma(p, r, wide_splat(CK_EXP_C0));
    f32x16 e = wide_fma(p, r * r, r) + 1;
    f32x16 power = (f32x16)(((u32x16)shifted << 23) + 0x3f000000u);
    e = e * power * 2;
    e = x < CK_EXP_LOWEST ? wide_splat(0) : e;
    return x > CK_EXP_HIGHEST ? wide_splat(__builtin_inff()) : e;
}
