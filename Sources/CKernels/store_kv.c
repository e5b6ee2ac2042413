#include "store_kv.h"

#include "convert.h"
#include "layout.h"

void ck_store_kv_bf16(const ck_store_kv *job, size_t row_first, size_t row_count) {
    size_t head_dim = job->head_dim;
    for (size_t row = row_first; row < row_first + row_count; row++) {
        size_t position = job->first_position + row;
        size_t slot = position % job->block_size;
        for (size_t head = 0; head < job->kv_heads; head++) {
            uint16_t *keys = (uint16_t *)job->kv
                + ck_keys_offset(job->blocks, job->block_size, job->kv_heads, head_dim, position,
                                 head);
            uint16_t *values = keys + job->kv_heads * head_dim * job->block_size;
            const float *k = job->k + row * job->stride + head * head_dim;
            const float *v = job->v + row * job->stride + head * head_dim;
            for (size_t d = 0; d < head_dim; d++) {
                keys[d * job->block_size + slot] = ck_f32_to_bf16(k[d]);
                values[slot * head_dim + d] = ck_f32_to_bf16(v[d]);
            }
        }
    }
}

void ck_store_kv_f32(const ck_store_kv *job, size_t row_first, size_t row_count) {
    size_t head_dim = job->head_dim;
    for (size_t row = row_first; row < row_first + row_count; row++) {
        size_t position = job->first_position + row;
        size_t slot = position % job->block_size;
        for (size_t head = 0; head < job->kv_heads; head++) {
            float *keys = (float *)job->kv
                + ck_keys_offset(job->blocks, job->block_size, job->kv_heads, head_dim, position,
                                 head);
            float *values = keys + job->kv_heads * head_dim * job->block_size;
            const float *k = job->k + row * job->stride + head * head_dim;
            const float *v = job->v + row * job->stride + head * head_dim;
            for (size_t d = 0; d < head_dim; d++) {
                keys[d * job->block_size + slot] = k[d];
            }
            memcpy(values + slot * head_dim, v, head_dim * sizeof(float));
        }
    }
}
