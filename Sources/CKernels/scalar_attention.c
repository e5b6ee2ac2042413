// Attention over paged KV in plain C: one query, one position at a time.

#include "convert.h"
#include "elementary.h"
#include "layout.h"
#include "scalar_attention.h"

#pragma STDC FP_CONTRACT OFF

static float load(const void *kv, bool bf16, size_t index) {
    return bf16 ? ck_bf16_to_f32(((const uint16_t *)kv)[index]) : ((const float *)kv)[index];
}

/// Scores of positions [first, last] into job->scratch; returns the largest.
static float scores(const ck_attention *job, bool bf16, size_t kv_head, const float *q,
                    size_t first, size_t last) {
    float best = -__builtin_inff();
    for (size_t position = first; position <= last; position++) {
        size_t keys = ck_keys_offset(job->blocks, job->block_size, job->kv_heads, job->head_dim,
                                     position, kv_head);
        size_t slot = position % job->block_size;
        float score = 0;
        for (size_t d = 0; d < job->head_dim; d++) {
            score += q[d] * load(job->kv, bf16, keys + d * job->block_size + slot);
        }
        score *= job->scale;
        job->scratch[position - first] = score;
        best = score > best ? score : best;
    }
    return best;
}

static void attend(const ck_attention *job, bool bf16, size_t kv_head, const float *q, float *out,
                   size_t position) {
    size_t first = ck_first_visible(position, job->window);
    float best = scores(job, bf16, kv_head, q, first, position);
    float sum = 0;
    for (size_t d = 0; d < job->head_dim; d++) {
        out[d] = 0;
    }
    for (size_t p = first; p <= position; p++) {
        size_t values = ck_values_offset(job->blocks, job->block_size, job->kv_heads, job->head_dim,
                                         p, kv_head);
        size_t slot = p % job->block_size;
        float weight = ck_exp(job->scratch[p - first] - best);
        sum += weight;
        for (size_t d = 0; d < job->head_dim; d++) {
            out[d] += weight * load(job->kv, bf16, values + slot * job->head_dim + d);
        }
    }
    float factor = 1 / sum;
    for (size_t d = 0; d < job->head_dim; d++) {
        out[d] *= factor;
    }
}

static void attention(const ck_attention *job, bool bf16, size_t kv_head, size_t row_first,
                      size_t row_count) {
    for (size_t row = row_first; row < row_first + row_count; row++) {
        for (size_t g = 0; g < job->group; g++) {
            size_t head = (kv_head * job->group + g) * job->head_dim;
            attend(job, bf16, kv_head, job->q + row * job->q_stride + head,
                   job->out + row * job->out_stride + head, job->first_position + row);
        }
    }
}

void ck_scalar_attention_bf16(const ck_attention *job, size_t kv_head, size_t row_first,
                              size_t row_count) {
    attention(job, true, kv_head, row_first, row_count);
}

void ck_scalar_attention_f32(const ck_attention *job, size_t kv_head, size_t row_first,
                             size_t row_count) {
    attention(job, false, kv_head, row_first, row_count);
}
