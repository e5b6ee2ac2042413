// What the tier with bf16 instructions does otherwise than plain AVX-512.

#ifndef CK_AVX512BF16_H
#define CK_AVX512BF16_H

#include "ckernels.h"

/// Activations rounded to bf16.
void ck_avx512bf16_prepare(void *out, size_t out_stride, const float *x, size_t x_stride, size_t m,
                           size_t k);
void ck_avx512bf16_matmul(const ck_matmul *job, size_t panel_first, size_t panel_count);

#endif
