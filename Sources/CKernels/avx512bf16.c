// The tier of processors that also multiply pairs of bf16. Activations are rounded to bf16 by
// `prepare`; one instruction adds two depths to sixteen outputs.

#if defined(__x86_64__)

#include <immintrin.h>

#include "avx512bf16.h"
#include "convert.h"
#include "elementary.h"
#include "layout.h"

#define BOUND_ROWS 3
#define LANES 16
#define ROWS_MAX 12
#define FOR_EACH_ROWS(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12)
#define tile_columns(rows) CK_PANEL

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma"))),             \
    apply_to = function)

#include "lanes.inc.h"
#include "matmul_lanes.inc.h"

void ck_avx512bf16_prepare(void *out, size_t out_stride, const float *x, size_t x_stride, size_t m,
                           size_t k) {
    size_t whole = k / WIDE * WIDE;
    for (size_t row = 0; row < m; row++) {
        const float *from = x + row * x_stride;
        uint16_t *to = (uint16_t *)out + row * out_stride;
        for (size_t i = 0; i < whole; i += WIDE) {
            __m256bh halves = _mm512_cvtneps_pbh((__m512)wide_load(from + i));
            memcpy(to + i, &halves, sizeof halves);
        }
        if (whole < k) {
            f32x16 part = wide_load_part(from + whole, k - whole, 0);
            __m256bh halves = _mm512_cvtneps_pbh((__m512)part);
            // The padding of an odd depth is one of the zeros.
            memcpy(to + whole, &halves, (ck_round_up(k, CK_DEPTH) - whole) * sizeof(uint16_t));
        }
    }
}

INLINE void step_bf16(lanes sums[ROWS_MAX][VECTORS], const uint16_t *x, size_t x_stride,
                      const uint16_t *pair, const size_t rows, const size_t vectors) {
    __m512bh weights[VECTORS];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) {
        weights[v] = (__m512bh)_mm512_loadu_si512(pair + v * LANES * 2);
    }
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) {
        int both;
        memcpy(&both, x + row * x_stride, sizeof both);
        __m512bh broadcast = (__m512bh)_mm512_set1_epi32(both);
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) {
            sums[row][v] = (lanes)_mm512_dpbf16_ps((__m512)sums[row][v], weights[v], broadcast);
        }
    }
}

#define KIND(name) name##_bf16
#define INPUT uint16_t
#define WEIGHT uint16_t
#define PAIRED 2
#include "matmul.inc.h"

void ck_avx512bf16_matmul(const ck_matmul *job, size_t panel_first, size_t panel_count) {
    matmul_bf16(job, panel_first, panel_count);
}

#pragma clang attribute pop

#endif
