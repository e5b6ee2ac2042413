// Matrix multiplication with f32 activations: bf16 weights are widened in registers.

static void prepare(void *out, size_t out_stride, const float *x, size_t x_stride, size_t m,
                    size_t k) {
    size_t padding = ck_round_up(k, CK_DEPTH) - k;
    for (size_t row = 0; row < m; row++) {
        float *to = (float *)out + row * out_stride;
        memcpy(to, x + row * x_stride, k * sizeof(float));
        memset(to + k, 0, padding * sizeof(float));
    }
}

/// One depth of all chains.
INLINE void step(lanes sums[ROWS_MAX][VECTORS], const lanes weights[VECTORS], const float *x,
                 size_t x_stride, const size_t rows, const size_t vectors) {
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) {
        lanes broadcast = (lanes)x[row * x_stride];
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) {
            sums[row][v] = __builtin_elementwise_fma(weights[v], broadcast, sums[row][v]);
        }
    }
}

INLINE void step_bf16(lanes sums[ROWS_MAX][VECTORS], const float *x, size_t x_stride,
                      const uint16_t *pair, const size_t rows, const size_t vectors) {
    lanes even[VECTORS];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) {
        even[v] = (lanes)(bits_load(pair + v * LANES * 2) << 16);
    }
    step(sums, even, x, x_stride, rows, vectors);
    lanes odd[VECTORS];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) {
        odd[v] = (lanes)(bits_load(pair + v * LANES * 2) & 0xffff0000u);
    }
    step(sums, odd, x + 1, x_stride, rows, vectors);
}

INLINE void step_f32(lanes sums[ROWS_MAX][VECTORS], const float *x, size_t x_stride,
                     const float *pair, const size_t rows, const size_t vectors) {
#pragma clang loop unroll(full)
    for (size_t depth = 0; depth < CK_DEPTH; depth++) {
        lanes weights[VECTORS];
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) {
            weights[v] = lanes_load(pair + depth * CK_PANEL + v * LANES);
        }
        step(sums, weights, x + depth, x_stride, rows, vectors);
    }
}

#define KIND(name) name##_bf16
#define INPUT float
#define WEIGHT uint16_t
#define PAIRED 2
#include "matmul.inc.h"
#undef KIND
#undef INPUT
#undef WEIGHT
#undef PAIRED

#define KIND(name) name##_f32
#define INPUT float
#define WEIGHT float
#define PAIRED 1
#include "matmul.inc.h"
#undef KIND
#undef INPUT
#undef WEIGHT
#undef PAIRED
