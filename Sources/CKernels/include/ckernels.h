// Arithmetic on pointers: every kernel of the engine, in tiers of one meaning.
//
// A tier is a table of functions. All tiers compute the same formulas; within one tier each output
// element is reduced in one fixed order that depends on nothing but its own inputs: not on how many
// rows are in the batch, not on where a chunk of the prompt begins, not on which thread runs it.
// That is what makes tokens bit-identical however requests are batched. Between tiers results
// differ by rounding only.
//
// Shapes are written (outer, …, inner); strides count elements. No function allocates.

#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Outputs per weight panel.
#define CK_PANEL 32
/// Key slots per attention tile; a KV block holds a multiple of it.
#define CK_TILE 16
/// Rows of activations are padded with zeros to a multiple of this.
#define CK_DEPTH 2

typedef enum ck_dtype { CK_F32 = 0, CK_BF16 = 1, CK_F16 = 2 } ck_dtype;

/// y(m, n) = x(m, k) · w(n, k)ᵀ [+ bias(n)] [+ y], for a range of weight panels.
typedef struct ck_matmul {
    /// (m, k) activations as written by the tier's `prepare`: f32, or bf16 if `prepared_bf16`.
    const void *x;
    size_t x_stride;
    /// Panels of CK_PANEL outputs: bf16 (k/2, CK_PANEL, 2) or f32 (k, CK_PANEL) each, one after
    /// the other; outputs past n and depths past k are zero.
    const void *panels;
    /// (n), or null.
    const float *bias;
    float *y;
    size_t y_stride;
    size_t m;
    /// Padded to a multiple of CK_DEPTH.
    size_t k;
    size_t n;
    /// y += instead of y =.
    bool accumulate;
} ck_matmul;

/// Attention of consecutive query rows of one sequence over its paged KV.
typedef struct ck_attention {
    /// (rows, query heads, head_dim): query head h uses KV head h / group.
    const float *q;
    size_t q_stride;
    /// (rows, query heads, head_dim).
    float *out;
    size_t out_stride;
    /// This layer's KV range: (block, 2, kv_head, …): keys (head_dim, block_size), values
    /// (block_size, head_dim). f32 or bf16.
    const void *kv;
    /// The sequence's block table: position p lies in blocks[p / block_size].
    const uint32_t *blocks;
    size_t block_size;
    size_t kv_heads;
    /// Query heads per KV head.
    size_t group;
    size_t head_dim;
    /// Row r is position first_position + r and sees the positions up to itself.
    size_t first_position;
    /// It sees only the last `window` of them; 0 means all.
    size_t window;
    float scale;
    /// At least ck_attention_scratch(…) floats, one area per thread.
    float *scratch;
} ck_attention;

/// One sequence's new keys and values on their way into paged KV.
typedef struct ck_store_kv {
    /// (rows, kv_heads, head_dim).
    const float *k;
    const float *v;
    size_t stride;
    /// As in ck_attention.
    void *kv;
    const uint32_t *blocks;
    size_t block_size;
    size_t kv_heads;
    size_t head_dim;
    size_t first_position;
} ck_store_kv;

typedef struct ck_tier {
    const char *name;
    /// `prepare` writes bf16 for matmul_bf16 (matmul_f32 always takes f32).
    bool prepared_bf16;

    /// Activations (m, k) f32 → the form matmul_bf16 takes, zero-padded to a multiple of CK_DEPTH.
    void (*prepare)(void *out, size_t out_stride, const float *x, size_t x_stride, size_t m,
                    size_t k);
    void (*matmul_bf16)(const ck_matmul *job, size_t panel_first, size_t panel_count);
    void (*matmul_f32)(const ck_matmul *job, size_t panel_first, size_t panel_count);

    /// out(m, k) = x · weight(k) / rms(x); x and out may be the same.
    void (*rms_norm)(float *out, size_t out_stride, const float *x, size_t x_stride,
                     const float *weight, float epsilon, size_t m, size_t k);
    /// Rotates in place the pairs (i, i + rotary/2) of each of `heads` heads of one row.
    void (*rope)(float *x, size_t heads, size_t head_dim, size_t rotary, const float *cosine,
                 const float *sine);
    /// out(m, n) = silu(gate) · up, gate and up (m, n) with the strides given.
    void (*silu_mul)(float *out, size_t out_stride, const float *gate, const float *up,
                     size_t in_stride, size_t m, size_t n);
    /// y += x.
    void (*add)(float *y, const float *x, size_t count);

    void (*store_kv_bf16)(const ck_store_kv *job, size_t row_first, size_t row_count);
    void (*store_kv_f32)(const ck_store_kv *job, size_t row_first, size_t row_count);
    /// Rows [row_first, row_first + row_count) for the query heads of one KV head.
    void (*attention_bf16)(const ck_attention *job, size_t kv_head, size_t row_first,
                           size_t row_count);
    void (*attention_f32)(const ck_attention *job, size_t kv_head, size_t row_first,
                          size_t row_count);

    /// The largest element, and log(Σ exp(x)); n ≥ 1.
    float (*max)(const float *x, size_t n);
    /// The first index of the largest element; not-a-number never wins.
    size_t (*argmax)(const float *x, size_t n);
    float (*log_sum_exp)(const float *x, size_t n);
} ck_tier;

/// The tiers this processor runs, best first; the last one is always "scalar".
size_t ck_tier_count(void);
const ck_tier *ck_tier_at(size_t index);

/// Elements of one packed weight (n, k): a multiple of CK_PANEL · CK_DEPTH.
size_t ck_panel_elements(size_t n, size_t k);
/// Packs rows [panel·CK_PANEL, …) of a row-major (n, k) tensor into panels of `to` (f32 or bf16).
void ck_pack_panels(void *panels, ck_dtype to, const void *tensor, ck_dtype from, size_t n,
                    size_t k, size_t panel_first, size_t panel_count);
/// Row `row` of a packed weight, as f32.
void ck_unpack_row(float *out, const void *panels, ck_dtype type, size_t k, size_t row);
/// Any element type to f32; `from` need not be aligned.
void ck_convert_to_f32(float *out, const void *from, ck_dtype type, size_t count);

/// Floats of scratch that one thread needs for contexts of up to `positions`.
size_t ck_attention_scratch(size_t positions, size_t group, size_t head_dim);

/// Sums `count` floats: a read-bandwidth probe.
float ck_probe_read(const float *data, size_t count);
/// Runs `iterations` rounds of independent FMAs on the best tier; returns the flops done.
double ck_probe_fma(size_t iterations, float *sink);

#endif
