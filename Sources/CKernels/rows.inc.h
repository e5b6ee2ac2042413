// Norms, rotations, activations and the sampler's reductions of a vector tier. Ends of rows are
// padded into a full vector and go through the same formula.

static void rms_norm(float *out, size_t out_stride, const float *x, size_t x_stride,
                     const float *weight, float epsilon, size_t m, size_t k) {
    size_t whole = k / WIDE * WIDE;
    for (size_t row = 0; row < m; row++) {
        const float *from = x + row * x_stride;
        float *to = out + row * out_stride;
        f32x16 squares = wide_splat(0);
        for (size_t i = 0; i < whole; i += WIDE) {
            f32x16 v = wide_load(from + i);
            squares = wide_fma(v, v, squares);
        }
        if (whole < k) {
            f32x16 v = wide_load_part(from + whole, k - whole, 0);
            squares = wide_fma(v, v, squares);
        }
        float mean = wide_sum(squares) / (float)k;
        f32x16 factor = wide_splat(1 / __builtin_elementwise_sqrt(mean + epsilon));
        for (size_t i = 0; i < whole; i += WIDE) {
            wide_store(to + i, wide_load(from + i) * factor * wide_load(weight + i));
        }
        for (size_t i = whole; i < k; i++) {
            to[i] = from[i] * factor[0] * weight[i];
        }
    }
}

static void rope(float *x, size_t heads, size_t head_dim, size_t rotary, const float *cosine,
                 const float *sine) {
    size_t half = rotary / 2;
    size_t whole = half / WIDE * WIDE;
    for (size_t head = 0; head < heads; head++) {
        float *first = x + head * head_dim;
        float *second = first + half;
        for (size_t i = 0; i < whole; i += WIDE) {
            f32x16 a = wide_load(first + i);
            f32x16 b = wide_load(second + i);
            f32x16 c = wide_load(cosine + i);
            f32x16 s = wide_load(sine + i);
            wide_store(first + i, a * c - b * s);
            wide_store(second + i, b * c + a * s);
        }
        for (size_t i = whole; i < half; i++) {
            float a = first[i];
            float b = second[i];
            first[i] = a * cosine[i] - b * sine[i];
            second[i] = b * cosine[i] + a * sine[i];
        }
    }
}

INLINE f32x16 wide_silu_mul(f32x16 gate, f32x16 up) {
    return gate / (1 + wide_exp(-gate)) * up;
}

static void silu_mul(float *out, size_t out_stride, const float *gate, const float *up,
                     size_t in_stride, size_t m, size_t n) {
    size_t whole = n / WIDE * WIDE;
    for (size_t row = 0; row < m; row++) {
        const float *g = gate + row * in_stride;
        const float *u = up + row * in_stride;
        float *to = out + row * out_stride;
        for (size_t i = 0; i < whole; i += WIDE) {
            wide_store(to + i, wide_silu_mul(wide_load(g + i), wide_load(u + i)));
        }
        if (whole < n) {
            f32x16 g_part = wide_load_part(g + whole, n - whole, 0);
            f32x16 u_part = wide_load_part(u + whole, n - whole, 0);
            wide_store_part(to + whole, wide_silu_mul(g_part, u_part), n - whole);
        }
    }
}

static void add(float *y, const float *x, size_t count) {
    size_t whole = count / WIDE * WIDE;
    for (size_t i = 0; i < whole; i += WIDE) {
        wide_store(y + i, wide_load(y + i) + wide_load(x + i));
    }
    for (size_t i = whole; i < count; i++) {
        y[i] += x[i];
    }
}

static float largest(const float *x, size_t n) {
    size_t whole = n / WIDE * WIDE;
    f32x16 best = wide_splat(-__builtin_inff());
    for (size_t i = 0; i < whole; i += WIDE) {
        best = wide_max(wide_load(x + i), best);
    }
    if (whole < n) {
        best = wide_max(wide_load_part(x + whole, n - whole, -__builtin_inff()), best);
    }
    return wide_largest(best);
}

/// Whether one of 64 elements equals `value`.
INLINE bool any_equal(const float *x, f32x16 value) {
    u32x16 hits = {0};
    for (size_t i = 0; i < 4; i++) {
        hits |= (u32x16)(wide_load(x + i * WIDE) == value);
    }
    return __builtin_reduce_or(hits) != 0;
}

static size_t argmax(const float *x, size_t n) {
    float best = largest(x, n);
    size_t i = 0;
    while (i + 4 * WIDE <= n && !any_equal(x + i, wide_splat(best))) {
        i += 4 * WIDE;
    }
    for (; i < n; i++) {
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
    size_t whole = n / WIDE * WIDE;
    f32x16 sum = wide_splat(0);
    for (size_t i = 0; i < whole; i += WIDE) {
        sum += wide_exp(wide_load(x + i) - best);
    }
    if (whole < n) {
        sum += wide_exp(wide_load_part(x + whole, n - whole, -__builtin_inff()) - best);
    }
    return best + ck_log(wide_sum(sum));
}
