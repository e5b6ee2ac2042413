// The table of a vector tier from the functions of the templates. The includer defines TIER, its
// name as an identifier, and what bf16 weights are multiplied with: PREPARED_BF16, PREPARE and
// MATMUL_BF16.

#define TABLE_OF(name) ck_tier_##name
#define TABLE(name) TABLE_OF(name)
#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

const ck_tier TABLE(TIER) = {
    .name = TEXT(TIER),
    .prepared_bf16 = PREPARED_BF16,
    .prepare = PREPARE,
    .matmul_bf16 = MATMUL_BF16,
    .matmul_f32 = matmul_f32,
    .rms_norm = rms_norm,
    .rope = rope,
    .silu_mul = silu_mul,
    .add = add,
    .store_kv_bf16 = ck_store_kv_bf16,
    .store_kv_f32 = ck_store_kv_f32,
    .attention_bf16 = attention_kv_bf16,
    .attention_f32 = attention_kv_f32,
    .max = largest,
    .argmax = argmax,
    .log_sum_exp = log_sum_exp,
};

#undef TABLE_OF
#undef TABLE
#undef TEXT_OF
#undef TEXT
#undef TIER
#undef PREPARED_BF16
#undef PREPARE
#undef MATMUL_BF16
