// Both kinds of attention of a vector tier.

#include "attention_tile.inc.h"

#define KIND(name) name##_kv_bf16
#define ELEMENT uint16_t
INLINE f32x16 load_kv_bf16(const uint16_t *from) {
    return wide_load_bf16(from);
}
INLINE f32x16 load_part_kv_bf16(const uint16_t *from, size_t count) {
    return wide_load_part_bf16(from, count);
}
#include "attention.inc.h"
#undef KIND
#undef ELEMENT

#define KIND(name) name##_kv_f32
#define ELEMENT float
INLINE f32x16 load_kv_f32(const float *from) {
    return wide_load(from);
}
INLINE f32x16 load_part_kv_f32(const float *from, size_t count) {
    return wide_load_part(from, count, 0);
}
#include "attention.inc.h"
#undef KIND
#undef ELEMENT
