// What attention over both types of KV elements shares. The includer defines QUERIES, the most
// queries of a tile, and VALUE_VECTORS, the vectors of a value taken at once.

#if QUERIES > CK_QUERIES_MAX
#error "the scratch is measured for CK_QUERIES_MAX queries"
#endif

// Keys and values are asked for this many positions ahead: blocks lie anywhere in memory.
#define POSITIONS_AHEAD (2 * CK_TILE)

/// Queries that go through keys and values together.
typedef struct query_tile {
    /// (head_dim, queries).
    float *q;
    /// (tile of positions, queries, 16): scores, then weights.
    float *weights;
    float *out[QUERIES];
    /// The positions each query sees, both included.
    size_t first[QUERIES];
    size_t last[QUERIES];
    /// The first position of the first tile that any of them sees, and the last seen.
    size_t start;
    size_t end;
} query_tile;

static const uint32_t lane_numbers[WIDE] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/// Scores of positions [position, position + 16), those outside [first, last] made -inf.
INLINE f32x16 mask_tile(f32x16 scores, size_t position, size_t first, size_t last) {
    if (first <= position && position + WIDE - 1 <= last) {
        return scores;
    }
    uint32_t low = (uint32_t)ck_min(first > position ? first - position : 0, WIDE);
    uint32_t high = (uint32_t)ck_min(last >= position ? last - position + 1 : 0, WIDE);
    u32x16 lane = (u32x16)wide_load((const float *)(const void *)lane_numbers);
    return ((lane >= low) & (lane < high)) ? scores : wide_splat(-__builtin_inff());
}

/// Turns the scores of query `i` into weights; returns 1 / their sum.
INLINE float weigh(const query_tile *tile, size_t i, float best, const size_t queries) {
    f32x16 sum = wide_splat(0);
    float *weights = tile->weights + i * WIDE;
    for (size_t p = tile->start; p <= tile->end; p += WIDE, weights += queries * WIDE) {
        f32x16 weight = wide_exp(wide_load(weights) - best);
        wide_store(weights, weight);
        sum += weight;
    }
    return 1 / wide_sum(sum);
}

/// Fills the tile with queries [query, query + queries) of rows × heads of the group.
INLINE void gather_queries(query_tile *tile, const ck_attention *job, size_t kv_head, size_t query,
                           const size_t queries) {
    tile->q = job->scratch;
    tile->weights = job->scratch + ck_round_up(job->head_dim * queries, WIDE);
    tile->start = (size_t)-1;
    tile->end = 0;
    for (size_t i = 0; i < queries; i++) {
        size_t row = (query + i) / job->group;
        size_t head = kv_head * job->group + (query + i) % job->group;
        size_t position = job->first_position + row;
        const float *q = job->q + row * job->q_stride + head * job->head_dim;
        tile->out[i] = job->out + row * job->out_stride + head * job->head_dim;
        for (size_t d = 0; d < job->head_dim; d++) {
            tile->q[d * queries + i] = q[d];
        }
        tile->first[i] = ck_first_visible(position, job->window);
        tile->last[i] = position;
        tile->start = ck_min(tile->start, tile->first[i] / WIDE * WIDE);
        tile->end = position;
    }
}
