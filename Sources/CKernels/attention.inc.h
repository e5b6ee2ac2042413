// Attention over one type of KV elements of a vector tier.
//
// The includer defines KIND(name), ELEMENT, KIND(load), KIND(load_part). A tile of queries (rows ×
// heads of the group) goes through the keys and values together; what one query computes is the
// same in every tile:
//   1. scores of all visible tiles of 16 positions, sequential over head_dim, others -inf;
//   2. exp(score - largest), summed lane by lane (lane = position % 16) and then over the lanes;
//   3. values weighted and added, sequential over its visible positions.

/// The key of `position`, dimension 0; the next dimension lies block_size further on.
INLINE const ELEMENT *KIND(keys)(const ck_attention *job, size_t kv_head, size_t position) {
    return (const ELEMENT *)job->kv
        + ck_keys_offset(job->blocks, job->block_size, job->kv_heads, job->head_dim, position,
                         kv_head)
        + position % job->block_size;
}

/// The value of `position`, dimension 0.
INLINE const ELEMENT *KIND(values)(const ck_attention *job, size_t kv_head, size_t position) {
    return (const ELEMENT *)job->kv
        + ck_values_offset(job->blocks, job->block_size, job->kv_heads, job->head_dim, position,
                           kv_head)
        + position % job->block_size * job->head_dim;
}

/// Scores of a tile of positions into tile->weights, the largest so far into `best`.
INLINE void KIND(score)(const ck_attention *job, const query_tile *tile, size_t kv_head,
                        size_t position, f32x16 *best, const size_t queries) {
    const ELEMENT *keys = KIND(keys)(job, kv_head, position);
    size_t later = position + POSITIONS_AHEAD;
    const ELEMENT *ahead = later <= tile->end ? KIND(keys)(job, kv_head, later) : keys;
    f32x16 scores[QUERIES];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < queries; i++) {
        scores[i] = wide_splat(0);
    }
    const float *q = tile->q;
    for (size_t d = 0; d < job->head_dim; d++, q += queries) {
        __builtin_prefetch(ahead + d * job->block_size);
        f32x16 key = KIND(load)(keys + d * job->block_size);
#pragma clang loop unroll(full)
        for (size_t i = 0; i < queries; i++) {
            scores[i] = wide_fma(key, wide_splat(q[i]), scores[i]);
        }
    }
    float *weights = tile->weights + (position - tile->start) * queries;
#pragma clang loop unroll(full)
    for (size_t i = 0; i < queries; i++) {
        f32x16 score = mask_tile(scores[i] * job->scale, position, tile->first[i], tile->last[i]);
        best[i] = wide_max(score, best[i]);
        wide_store(weights + i * WIDE, score);
    }
}

/// A range of positions and of dimensions whose weighted values are added to outs.
typedef struct KIND(span) {
    const ck_attention *job;
    const query_tile *tile;
    size_t kv_head;
    /// The first query; its weights and those of a next position tile.
    size_t query;
    size_t tile_stride;
    size_t first;
    size_t end;
    /// The first dimension.
    size_t d;
} KIND(span);

/// sums += weight · value over the positions of a span that lie in one tile.
INLINE void KIND(add_tile)(f32x16 sums[QUERIES][VALUE_VECTORS], const ELEMENT *values,
                           const ELEMENT *next, size_t head_dim, const float *weights,
                           size_t positions, const size_t queries, const size_t vectors,
                           size_t part) {
    for (size_t p = 0; p < positions; p++, values += head_dim, next += head_dim) {
        __builtin_prefetch(next);
        f32x16 value[VALUE_VECTORS];
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) {
            value[v] = part ? KIND(load_part)(values, part) : KIND(load)(values + v * WIDE);
        }
#pragma clang loop unroll(full)
        for (size_t i = 0; i < queries; i++) {
            f32x16 weight = wide_splat(weights[i * WIDE + p]);
#pragma clang loop unroll(full)
            for (size_t v = 0; v < vectors; v++) {
                sums[i][v] = wide_fma(value[v], weight, sums[i][v]);
            }
        }
    }
}

/// `vectors` vectors of dimensions, or, if `part` is not 0, that many dimensions.
INLINE void KIND(add_span)(const KIND(span) *span, const size_t queries, const size_t vectors,
                           size_t part) {
    const ck_attention *job = span->job;
    f32x16 sums[QUERIES][VALUE_VECTORS];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < queries; i++) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) {
            const float *out = span->tile->out[span->query + i] + span->d + v * WIDE;
            sums[i][v] = part ? wide_load_part(out, part, 0) : wide_load(out);
        }
    }
    for (size_t position = span->first; position < span->end;) {
        size_t lane = position % CK_TILE;
        size_t positions = ck_min(CK_TILE - lane, span->end - position);
        const ELEMENT *values = KIND(values)(job, span->kv_head, position) + span->d;
        size_t later = position + POSITIONS_AHEAD;
        const ELEMENT *next =
            later < span->end ? KIND(values)(job, span->kv_head, later) + span->d : values;
        const float *weights = span->tile->weights + span->query * WIDE + lane
            + (position - lane - span->tile->start) / CK_TILE * span->tile_stride;
        KIND(add_tile)(sums, values, next, job->head_dim, weights, positions, queries, vectors,
                       part);
        position += positions;
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < queries; i++) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) {
            float *out = span->tile->out[span->query + i] + span->d + v * WIDE;
            if (part) {
                wide_store_part(out, sums[i][v], part);
            } else {
                wide_store(out, sums[i][v]);
            }
        }
    }
}

/// All dimensions of positions [first, end).
INLINE void KIND(add_values)(KIND(span) span, const size_t queries) {
    size_t head_dim = span.job->head_dim;
    if (span.first >= span.end) {
        return;
    }
    for (; span.d + VALUE_VECTORS * WIDE <= head_dim; span.d += VALUE_VECTORS * WIDE) {
        KIND(add_span)(&span, queries, VALUE_VECTORS, 0);
    }
    for (; span.d + WIDE <= head_dim; span.d += WIDE) {
        KIND(add_span)(&span, queries, 1, 0);
    }
    if (span.d < head_dim) {
        KIND(add_span)(&span, queries, 1, head_dim - span.d);
    }
}

static void KIND(add_values_alone)(KIND(span) span, size_t query, size_t first, size_t end) {
    span.query = query;
    span.first = first;
    span.end = end;
    KIND(add_values)(span, 1);
}

/// The positions all queries see are read once for all; before and after, each query reads its own:
/// slots a query does not see may hold anything and must not touch its sums.
INLINE void KIND(attend)(const ck_attention *job, size_t kv_head, size_t query,
                         const size_t queries) {
    query_tile tile;
    gather_queries(&tile, job, kv_head, query, queries);
    f32x16 best[QUERIES];
    for (size_t i = 0; i < queries; i++) {
        best[i] = wide_splat(-__builtin_inff());
    }
    for (size_t p = tile.start; p <= tile.end; p += CK_TILE) {
        KIND(score)(job, &tile, kv_head, p, best, queries);
    }
    float factors[QUERIES];
    for (size_t i = 0; i < queries; i++) {
        factors[i] = weigh(&tile, i, wide_largest(best[i]), queries);
        memset(tile.out[i], 0, job->head_dim * sizeof(float));
    }
    // Later queries see no earlier position: what all see lies between the last one's first and
    // the first one's last.
    size_t common = tile.first[queries - 1];
    size_t common_end = tile.last[0] + 1;
    KIND(span) span = {job, &tile, kv_head, 0, queries * WIDE, common, common_end, 0};
    for (size_t i = 0; i < queries; i++) {
        KIND(add_values_alone)(span, i, tile.first[i], ck_min(common, tile.last[i] + 1));
    }
    KIND(add_values)(span, queries);
    for (size_t i = 0; i < queries; i++) {
        size_t rest = common < common_end ? common_end : common;
        KIND(add_values_alone)(span, i, rest, tile.last[i] + 1);
        for (size_t d = 0; d < job->head_dim; d++) {
            tile.out[i][d] *= factors[i];
        }
    }
}

typedef void KIND(attend_function)(const ck_attention *job, size_t kv_head, size_t query);

#define ATTEND(queries)                                                                            \
    static void KIND(attend_##queries)(const ck_attention *job, size_t kv_head, size_t query) {    \
        KIND(attend)(job, kv_head, query, queries);                                                \
    }
FOR_EACH_QUERIES(ATTEND)
#undef ATTEND

#define ATTEND(queries) KIND(attend_##queries),
static KIND(attend_function) *const KIND(attends)[QUERIES] = {FOR_EACH_QUERIES(ATTEND)};
#undef ATTEND

static void KIND(attention)(const ck_attention *job, size_t kv_head, size_t row_first,
                            size_t row_count) {
    size_t query = row_first * job->group;
    size_t end = query + row_count * job->group;
    while (query < end) {
        size_t queries = ck_min(QUERIES, end - query);
        KIND(attends)[queries - 1](job, kv_head, query);
        query += queries;
    }
}
