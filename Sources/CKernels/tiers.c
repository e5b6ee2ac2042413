// Which tiers this processor runs.

#include "layout.h"
#include "tables.h"

typedef struct candidate {
    const ck_tier *tier;
    bool (*runs)(void);
} candidate;

static bool always(void) {
    return true;
}

#if defined(__x86_64__)

// __builtin_cpu_supports also asks whether the system saves the wide registers.
static bool runs_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool runs_avx512(void) {
    return runs_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

static bool runs_avx512bf16(void) {
    return runs_avx512() && __builtin_cpu_supports("avx512bf16");
}

#endif

// Best first.
static const candidate candidates[] = {
#if defined(__x86_64__)
    {&ck_tier_avx512bf16, runs_avx512bf16},
    {&ck_tier_avx512, runs_avx512},
    {&ck_tier_avx2, runs_avx2},
#elif defined(__aarch64__)
    {&ck_tier_neon, always},
#endif
    {&ck_tier_scalar, always},
};

static const size_t candidate_count = sizeof candidates / sizeof candidates[0];

size_t ck_tier_count(void) {
    size_t count = 0;
    for (size_t i = 0; i < candidate_count; i++) {
        count += candidates[i].runs() ? 1 : 0;
    }
    return count;
}

const ck_tier *ck_tier_at(size_t index) {
    for (size_t i = 0; i < candidate_count; i++) {
        if (candidates[i].runs()) {
            if (index == 0) {
                return candidates[i].tier;
            }
            index -= 1;
        }
    }
    return &ck_tier_scalar;
}

size_t ck_attention_scratch(size_t positions, size_t group, size_t head_dim) {
    // For each query of the largest tile: a score for every position, and the query itself.
    (void)group;
    size_t scores = ck_round_up(positions, CK_TILE) + CK_TILE;
    return CK_QUERIES_MAX * (scores + ck_round_up(head_dim, CK_TILE));
}
