#include "store_kv.h"

#include "convert.h"
#include "layout.h"

/// Where one row of one head comes from and goes to, in elements.
typedef struct place {
    size_t input;
    /// Of the key's first dimension; the next ones lie block_size apart.
    size_t key;
    /// Of the value's first dimension; the next ones follow.
    size_t value;
} place;

static inline place place_of(const ck_store_kv *job, size_t row, size_t head) {
    size_t position = job->first_position + row;
    size_t slot = position % job->block_size;
    size_t keys = ck_keys_offset(job->blocks, job->block_size, job->kv_heads, job->head_dim,
                                 position, head);
    size_t values = keys + job->kv_heads * job->head_dim * job->block_size;
    return (place){row * job->stride + head * job->head_dim, keys + slot,
                   values + slot * job->head_dim};
}

void ck_store_kv_bf16(const ck_store_kv *job, size_t row_first, size_t row_count) {
    size_t head_dim = job->head_dim;
    for (size_t row = row_first; row < row_first + row_count; row++) {
        for (size_t head = 0; head < job->kv_heads; head++) {
            place at = place_of(job, row, head);
            uint16_t *key = (uint16_t *)job->kv + at.key;
            uint16_t *value = (uint16_t *)job->kv + at.value;
            for (size_t d = 0; d < head_dim; d++) {
                key[d * job->block_size] = ck_f32_to_bf16(job->k[at.input + d]);
                value[d] = ck_f32_to_bf16(job->v[at.input + d]);
            }
        }
    }
}

void ck_store_kv_f32(const ck_store_kv *job, size_t row_first, size_t row_count) {
    size_t head_dim = job->head_dim;
    for (size_t row = row_first; row < row_first + row_count; row++) {
        for (size_t head = 0; head < job->kv_heads; head++) {
            place at = place_of(job, row, head);
            float *key = (float *)job->kv + at.key;
            for (size_t d = 0; d < head_dim; d++) {
                key[d * job->block_size] = job->k[at.input + d];
            }
            memcpy((float *)job->kv + at.value, job->v + at.input, head_dim * sizeof(float));
        }
    }
}
