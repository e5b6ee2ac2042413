// Element types to f32 and back, one element at a time.

#ifndef CK_CONVERT_H
#define CK_CONVERT_H

#include <stdint.h>
#include <string.h>

static inline float ck_bits_to_f32(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t ck_f32_to_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float ck_bf16_to_f32(uint16_t half) {
    return ck_bits_to_f32((uint32_t)half << 16);
}

/// Rounds to nearest even; a not-a-number stays one, made quiet.
static inline uint16_t ck_f32_to_bf16(float value) {
    uint32_t bits = ck_f32_to_bits(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return (uint16_t)((bits >> 16) | 0x0040u);
    }
    return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

static inline float ck_f16_to_f32(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
    uint32_t exponent = (half >> 10) & 0x1fu;
    uint32_t mantissa = half & 0x3ffu;
    if (exponent == 0) {
        // Zero or subnormal: a multiple of 2^-24, exact in f32.
        float magnitude = (float)mantissa * 0x1p-24f;
        return ck_bits_to_f32(sign | ck_f32_to_bits(magnitude));
    }
    if (exponent == 31) {
        return ck_bits_to_f32(sign | 0x7f800000u | (mantissa << 13));
    }
    return ck_bits_to_f32(sign | ((exponent + 112u) << 23) | (mantissa << 13));
}

static inline uint16_t ck_load_u16(const void *from) {
    uint16_t half;
    memcpy(&half, from, sizeof half);
    return half;
}

#endif
