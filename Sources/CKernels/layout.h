// Where things lie: panels of weights and blocks of keys and values.

#ifndef CK_LAYOUT_H
#define CK_LAYOUT_H

#include "ckernels.h"

static inline size_t ck_min(size_t a, size_t b) {
    return a < b ? a : b;
}

static inline size_t ck_round_up(size_t value, size_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

/// Elements of one panel of depth k.
static inline size_t ck_panel_size(size_t k) {
    return ck_round_up(k, CK_DEPTH) * CK_PANEL;
}

/// Outputs of panel `panel` that exist: the last panel of a weight may be cut.
static inline size_t ck_panel_outputs(size_t n, size_t panel) {
    return ck_min(n - panel * CK_PANEL, CK_PANEL);
}

/// First key element of the block that holds `position`: (head_dim, block_size).
static inline size_t ck_keys_offset(const uint32_t *blocks, size_t block_size, size_t kv_heads,
                                    size_t head_dim, size_t position, size_t kv_head) {
    size_t head = head_dim * block_size;
    return ((size_t)blocks[position / block_size] * 2 * kv_heads + kv_head) * head;
}

/// First value element of the block that holds `position`: (block_size, head_dim).
static inline size_t ck_values_offset(const uint32_t *blocks, size_t block_size, size_t kv_heads,
                                      size_t head_dim, size_t position, size_t kv_head) {
    size_t head = head_dim * block_size;
    return ((size_t)blocks[position / block_size] * 2 * kv_heads + kv_heads + kv_head) * head;
}

/// The first position that a query at `position` sees.
static inline size_t ck_first_visible(size_t position, size_t window) {
    return window == 0 || position < window ? 0 : position + 1 - window;
}

#endif
