// y = x · wᵀ over weight panels: one kind of weights and activations of one tier.
//
// The includer defines
//   KIND(name)     pastes the kind's suffix,
//   INPUT, WEIGHT  element types of activations and weights,
//   PAIRED         elements of a weight row that lie together: 2 bf16 or 1 f32,
//   KIND(step)     chains[row] += the products of two depths,
// and, once per tier, what matmul_lanes.inc.h needs.
//
// Every output is one chain of additions over the depths in order. A tile of rows keeps the chains
// of its outputs in registers; between blocks of depths they wait in memory, bit for bit.

typedef void KIND(tile_function)(const INPUT *x, size_t x_stride, const WEIGHT *weights,
                                 size_t depths, float *sums, ahead next);

INLINE void KIND(tile)(const INPUT *x, size_t x_stride, const WEIGHT *weights, size_t depths,
                       float *sums, ahead next, const size_t rows, const size_t vectors) {
    lanes chains[ROWS_MAX][VECTORS];
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) {
            chains[row][v] = lanes_load(sums + row * CK_PANEL + v * LANES);
        }
    }
    for (size_t depth = 0; depth < depths; depth += CK_DEPTH) {
        const WEIGHT *pair = weights + depth * CK_PANEL;
        for (size_t byte = 0; byte < CK_DEPTH * CK_PANEL * sizeof(WEIGHT); byte += 64) {
            __builtin_prefetch((const void *)next.address, 0, PREFETCH_LOCALITY);
            next.address += next.step;
        }
        KIND(step)(chains, x + depth, x_stride, pair, rows, vectors);
    }
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) {
            lanes_store(sums + row * CK_PANEL + v * LANES, chains[row][v]);
        }
    }
}

#define TILE(rows)                                                                                 \
    static void KIND(tile_##rows)(const INPUT *x, size_t x_stride, const WEIGHT *weights,          \
                                  size_t depths, float *sums, ahead next) {                        \
        KIND(tile)(x, x_stride, weights, depths, sums, next, rows, tile_columns(rows) / LANES);    \
    }
FOR_EACH_ROWS(TILE)
#undef TILE

#define TILE(rows) KIND(tile_##rows),
static KIND(tile_function) *const KIND(tiles)[ROWS_MAX] = {FOR_EACH_ROWS(TILE)};
#undef TILE

/// One block of depths of a group; `weights` and `x` point to its first depth.
INLINE void KIND(block)(const WEIGHT *weights, const INPUT *x, size_t x_stride, size_t depths,
                        const row_group *group, float *sums) {
    size_t bytes = depths * CK_PANEL * sizeof(WEIGHT);
    // All calls of the block together ask for the next one, which follows in memory; a single one
    // asks for what it will soon need itself.
    size_t distance = group->calls > 1 ? bytes : prefetch_distance(group->rows, sizeof(WEIGHT));
    ahead next = {(uintptr_t)weights + distance, 64 / group->calls};
    for (size_t tile = 0; tile < group->tiles; tile++) {
        size_t rows = group->heights[tile];
        for (size_t column = 0; column < CK_PANEL; column += tile_columns(rows)) {
            KIND(tiles)[rows - 1](x, x_stride, weights + column * PAIRED, depths, sums + column,
                                  next);
            next.address += bytes / group->calls;
        }
        x += rows * x_stride;
        sums += rows * CK_PANEL;
    }
}

static void KIND(panel_group)(const ck_matmul *job, size_t panel, const row_group *group) {
    float sums[GROUP_TILES * ROWS_MAX * CK_PANEL];
    memset(sums, 0, group->rows * CK_PANEL * sizeof(float));
    const WEIGHT *weights = (const WEIGHT *)job->panels + panel * ck_panel_size(job->k);
    const INPUT *x = (const INPUT *)job->x + group->first * job->x_stride;
    size_t block = depth_block(job->k);
    for (size_t depth = 0; depth < job->k; depth += block) {
        KIND(block)(weights + depth * CK_PANEL, x + depth, job->x_stride,
                    ck_min(block, job->k - depth), group, sums);
    }
    finish(job, panel, group->first, group->rows, sums);
}

static void KIND(matmul)(const ck_matmul *job, size_t panel_first, size_t panel_count) {
    size_t tiles = (job->m + ROWS_MAX - 1) / ROWS_MAX;
    for (size_t panel = panel_first; panel < panel_first + panel_count; panel++) {
        for (size_t tile = 0; tile < tiles; tile += GROUP_TILES) {
            row_group group = group_rows(job->m, tiles, tile);
            KIND(panel_group)(job, panel, &group);
        }
    }
}
