// New keys and values into paged KV: the same for all tiers, for it only moves and rounds.

#ifndef CK_STORE_KV_H
#define CK_STORE_KV_H

#include "ckernels.h"

void ck_store_kv_bf16(const ck_store_kv *job, size_t row_first, size_t row_count);
void ck_store_kv_f32(const ck_store_kv *job, size_t row_first, size_t row_count);

#endif
