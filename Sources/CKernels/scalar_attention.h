// Attention of the scalar tier.

#ifndef CK_SCALAR_ATTENTION_H
#define CK_SCALAR_ATTENTION_H

#include "ckernels.h"

void ck_scalar_attention_bf16(const ck_attention *job, size_t kv_head, size_t row_first,
                              size_t row_count);
void ck_scalar_attention_f32(const ck_attention *job, size_t kv_head, size_t row_first,
                             size_t row_count);

#endif
