// The reference tier: plain C, no vector types, multiplication and addition each rounded (a fused
// one would be slow in software).

#include "convert.h"
#include "elementary.h"
#include "layout.h"
#include "scalar_attention.h"
#include "store_kv.h"
#include "tables.h"

#pragma STDC FP_CONTRACT OFF

static void prepare(void *out, size_t out_stride, const float *x, size_t x_stride, size_t m,
                    size_t k) {
    for (size_t row = 0; row < m; row++) {
        float *to = (float *)out + row * out_stride;
        memcpy(to, x + row * x_stride, k * sizeof(float));
        for (size_t depth = k; depth < ck_round_up(k, CK_DEPTH); depth++) {
            to[depth] = 0;
        }
    }
}

/// y = sums [+ bias] [+ y] for the outputs of one panel that exist.
static void finish(const ck_matmul *job, size_t row, size_t panel, const float *sums) {
    size_t outputs = ck_panel_outputs(job->n, panel);
    float *y = job->y + row * job->y_stride + panel * CK_PANEL;
    for (size_t i = 0; i < outputs; i++) {
        float sum = sums[i];
        if (job->bias) {
            sum += job->bias[panel * CK_PANEL + i];
        }
        y[i] = job->accumulate ? y[i] + sum : sum;
    }
}

static void matmul_bf16(const ck_matmul *job, size_t panel_first, size_t panel_count) {
    for (size_t panel = panel_first; panel < panel_first + panel_count; panel++) {
        const uint16_t *weights = (const uint16_t *)job->panels + panel * ck_panel_size(job->k);
        for (size_t row = 0; row < job->m; row++) {
            const float *x = (const float *)job->x + row * job->x_stride;
            float sums[CK_PANEL] = {0};
            for (size_t depth = 0; depth < job->k; depth++) {
                const uint16_t *pairs = weights + depth / 2 * 2 * CK_PANEL + depth % 2;
                for (size_t i = 0; i < CK_PANEL; i++) {
                    sums[i] += ck_bf16_to_f32(pairs[2 * i]) * x[depth];
                }
            }
            finish(job, row, panel, sums);
        }
    }
}

static void matmul_f32(const ck_matmul *job, size_t panel_first, size_t panel_count) {
    for (size_t panel = panel_first; panel < panel_first + panel_count; panel++) {
        const float *weights = (const float *)job->panels + panel * ck_panel_size(job->k);
        for (size_t row = 0; row < job->m; row++) {
            const float *x = (const float *)job->x + row * job->x_stride;
            float sums[CK_PANEL] = {0};
            for (size_t depth = 0; depth < job->k; depth++) {
                for (size_t i = 0; i < CK_PANEL; i++) {
                    sums[i] += weights[depth * CK_PANEL + i] * x[depth];
                }
            }
            finish(job, row, panel, sums);
        }
    }
}

static void rms_norm(float *out, size_t out_stride, const float *x, size_t x_stride,
                     const float *weight, float epsilon, size_t m, size_t k) {
    for (size_t row = 0; row < m; row++) {
        const float *from = x + row * x_stride;
        float *to = out + row * out_stride;
        double squares = 0;
        for (size_t i = 0; i < k; i++) {
            squares += (double)from[i] * from[i];
        }
        float mean = (float)(squares / (double)k);
        float factor = 1 / __builtin_elementwise_sqrt(mean + epsilon);
        for (size_t i = 0; i < k; i++) {
            to[i] = from[i] * factor * weight[i];
        }
    }
}

static void rope(float *x, size_t heads, size_t head_dim, size_t rotary, const float *cosine,
                 const float *sine) {
    size_t half = rotary / 2;
    for (size_t head = 0; head < heads; head++) {
        float *first = x + head * head_dim;
        float *second = first + half;
        for (size_t i = 0; i < half; i++) {
            float a = first[i];
            float b = second[i];
            first[i] = a * cosine[i] - b * sine[i];
            second[i] = b * cosine[i] + a * sine[i];
        }
    }
}

static void silu_mul(float *out, size_t out_stride, const float *gate, const float *up,
                     size_t in_stride, size_t m, size_t n) {
    for (size_t row = 0; row < m; row++) {
        for (size_t i = 0; i < n; i++) {
            float g = gate[row * in_stride + i];
            out[row * out_stride + i] = g / (1 + ck_exp(-g)) * up[row * in_stride + i];
        }
    }
}

static void add(float *y, const float *x, size_t count) {
    for (size_t i = 0; i < count; i++) {
        y[i] += x[i];
    }
}

static float largest(const float *x, size_t n) {
    float best = -__builtin_inff();
    for (size_t i = 0; i < n; i++) {
        best = x[i] > best ? x[i] : best;
    }
    return best;
}

static size_t argmax(const float *x, size_t n) {
    float best = largest(x, n);
    for (size_t i = 0; i < n; i++) {
        if (x[i] == best) {
            return i;
        }
    }
    return 0;
}

static float log_sum_exp(const float *x, size_t n) {
    float best = largest(x, n);
    if (best == -__builtin_inff() || best == __builtin_inff()) {
        return best;
    }
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += ck_exp(x[i] - best);
    }
    return best + ck_log((float)sum);
}

const ck_tier ck_tier_scalar = {
    .name = "scalar",
    .prepared_bf16 = false,
    .prepare = prepare,
    .matmul_bf16 = matmul_bf16,
    .matmul_f32 = matmul_f32,
    .rms_norm = rms_norm,
    .rope = rope,
    .silu_mul = silu_mul,
    .add = add,
    .store_kv_bf16 = ck_store_kv_bf16,
    .store_kv_f32 = ck_store_kv_f32,
    .attention_bf16 = ck_scalar_attention_bf16,
    .attention_f32 = ck_scalar_attention_f32,
    .max = largest,
    .argmax = argmax,
    .log_sum_exp = log_sum_exp,
};
