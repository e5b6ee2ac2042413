// What the kinds of matrix multiplication of one tier share. The includer defines
//   LANES          the f32 of a register,
//   ROWS_MAX       the rows of the highest tile, and FOR_EACH_ROWS(DO) = DO(1) … DO(ROWS_MAX),
//   tile_columns(rows)  the outputs of a tile: a panel or, where registers are few, half of it,
//   BOUND_ROWS     rows per byte of a weight up to which weights are read slower than multiplied.

#define VECTORS (CK_PANEL / LANES)
// Depths whose weights stay in the first-level cache while all tiles of a group use them.
#define DEPTH_BLOCK 128
#define GROUP_TILES 4
// Weights are asked into the second-level cache: the first holds the block in use.
#define PREFETCH_LOCALITY 2

typedef float lanes __attribute__((ext_vector_type(LANES)));
typedef uint32_t lanes_bits __attribute__((ext_vector_type(LANES)));
typedef float lanes_in_memory __attribute__((ext_vector_type(LANES), aligned(4), may_alias));
typedef uint32_t bits_in_memory __attribute__((ext_vector_type(LANES), aligned(2), may_alias));

/// Where a tile asks for weights that are needed later, and how many bytes further each time.
typedef struct ahead {
    uintptr_t address;
    size_t step;
} ahead;

/// Bytes ahead that one tile asks for its own weights. While the memory is the limit, the processor
/// runs ahead by itself and only needs a nudge.
static size_t prefetch_distance(size_t rows, size_t weight_size) {
    return rows <= BOUND_ROWS * weight_size ? 1024 : 6144;
}

/// Blocks of nearly equal depth.
static size_t depth_block(size_t k) {
    size_t blocks = (k + DEPTH_BLOCK - 1) / DEPTH_BLOCK;
    return ck_round_up((k + blocks - 1) / blocks, CK_DEPTH);
}

/// Tiles of rows that share the weights of a block of depths.
typedef struct row_group {
    size_t first;
    size_t rows;
    size_t tiles;
    size_t heights[GROUP_TILES];
    /// Tile functions called for each block.
    size_t calls;
} row_group;

/// The group from tile `tile` on, where m rows lie in `tiles` tiles of nearly equal height: 13 rows
/// are 6 and 7, not 12 and 1.
static row_group group_rows(size_t m, size_t tiles, size_t tile) {
    row_group group = {.first = tile * m / tiles, .tiles = ck_min(GROUP_TILES, tiles - tile)};
    for (size_t i = 0; i < group.tiles; i++) {
        size_t end = (tile + i + 1) * m / tiles;
        group.heights[i] = end - group.first - group.rows;
        group.rows = end - group.first;
        group.calls += CK_PANEL / tile_columns(group.heights[i]);
    }
    return group;
}

INLINE lanes lanes_load(const float *from) {
    return *(const lanes_in_memory *)from;
}

INLINE void lanes_store(float *to, lanes value) {
    *(lanes_in_memory *)to = value;
}

INLINE lanes_bits bits_load(const void *from) {
    return *(const bits_in_memory *)from;
}

/// y = sums [+ bias] [+ y] for the outputs of the last panel, of which some do not exist.
static void finish_part(const ck_matmul *job, size_t panel, float *y, const float *sums) {
    size_t outputs = ck_panel_outputs(job->n, panel);
    const float *bias = job->bias ? job->bias + panel * CK_PANEL : NULL;
    for (size_t i = 0; i < outputs; i++) {
        float sum = bias ? sums[i] + bias[i] : sums[i];
        y[i] = job->accumulate ? y[i] + sum : sum;
    }
}

INLINE void finish_panel(float *y, const float *sums, const float *bias, bool accumulate) {
    for (size_t i = 0; i < CK_PANEL; i += LANES) {
        lanes sum = lanes_load(sums + i);
        sum = bias ? sum + lanes_load(bias + i) : sum;
        lanes_store(y + i, accumulate ? lanes_load(y + i) + sum : sum);
    }
}

static void finish(const ck_matmul *job, size_t panel, size_t row_first, size_t rows,
                   const float *sums) {
    const float *bias = job->bias ? job->bias + panel * CK_PANEL : NULL;
    float *y = job->y + row_first * job->y_stride + panel * CK_PANEL;
    bool whole = ck_panel_outputs(job->n, panel) == CK_PANEL;
    for (size_t row = 0; row < rows; row++, y += job->y_stride, sums += CK_PANEL) {
        if (whole) {
            finish_panel(y, sums, bias, job->accumulate);
        } else {
            finish_part(job, panel, y, sums);
        }
    }
}
