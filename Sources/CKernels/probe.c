// What the machine can do at most: bytes read and multiplications per second.

#include "ckernels.h"

#pragma STDC FP_CONTRACT OFF
// The wide vectors are only passed to inlined functions.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

// Independent chains of sums, enough to hide the latency of one addition.
#define CHAINS_MAX 8

typedef float chain __attribute__((ext_vector_type(16)));
typedef float chain_in_memory __attribute__((ext_vector_type(16), aligned(4), may_alias));

INLINE float total(const chain *sums, const size_t chains) {
    chain sum = 0;
    for (size_t j = 0; j < chains; j++) {
        sum += sums[j];
    }
    float result = 0;
    for (size_t lane = 0; lane < 16; lane++) {
        result += sum[lane];
    }
    return result;
}

INLINE float read_all(const float *data, size_t count, const size_t chains) {
    chain sums[CHAINS_MAX] = {0};
    size_t i = 0;
    for (; i + chains * 16 <= count; i += chains * 16) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < chains; j++) {
            __builtin_prefetch(data + i + j * 16 + 1024, 0, 2);
            sums[j] += *(const chain_in_memory *)(data + i + j * 16);
        }
    }
    float sum = total(sums, chains);
    for (; i < count; i++) {
        sum += data[i];
    }
    return sum;
}

INLINE double multiply(size_t iterations, float *sink, const size_t chains) {
    chain sums[CHAINS_MAX] = {0};
    chain factor = 0.999f;
    chain term = 0.001f;
    for (size_t i = 0; i < iterations; i++) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < chains; j++) {
            sums[j] = __builtin_elementwise_fma(sums[j], factor, term);
        }
    }
    *sink = total(sums, chains);
    return 2.0 * 16 * (double)chains * (double)iterations;
}

#if defined(__x86_64__)

#define AVX512 __attribute__((target("avx512f,avx2,fma")))
#define AVX2 __attribute__((target("avx2,fma")))

AVX512 static float read_avx512(const float *data, size_t count) {
    return read_all(data, count, 8);
}

AVX2 static float read_avx2(const float *data, size_t count) {
    return read_all(data, count, 4);
}

AVX512 static double multiply_avx512(size_t iterations, float *sink) {
    return multiply(iterations, sink, 8);
}

AVX2 static double multiply_avx2(size_t iterations, float *sink) {
    return multiply(iterations, sink, 4);
}

#endif

#if !defined(__aarch64__)

/// Two roundings, as the scalar tier does it.
static double multiply_plain(size_t iterations, float *sink) {
    float sums[16] = {0};
    for (size_t i = 0; i < iterations; i++) {
        for (size_t j = 0; j < 16; j++) {
            sums[j] = sums[j] * 0.999f + 0.001f;
        }
    }
    *sink = sums[0];
    return 2.0 * 16 * (double)iterations;
}

#endif

float ck_probe_read(const float *data, size_t count) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) {
        return read_avx512(data, count);
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return read_avx2(data, count);
    }
#endif
    return read_all(data, count, 2);
}

double ck_probe_fma(size_t iterations, float *sink) {
#if defined(__aarch64__)
    return multiply(iterations, sink, 4);
#else
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) {
        return multiply_avx512(iterations, sink);
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return multiply_avx2(iterations, sink);
    }
#endif
    return multiply_plain(iterations, sink);
#endif
}
