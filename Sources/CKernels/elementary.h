// exp and log in plain C, the same bits on every platform (libm gives no such promise).

#ifndef CK_ELEMENTARY_H
#define CK_ELEMENTARY_H

#include "convert.h"

#pragma STDC FP_CONTRACT OFF

// exp(x) = 2^n · exp(r), n = round(x / ln 2), |r| ≤ ln 2 / 2.
#define CK_EXP_LOWEST -86.5f  // below it the result is 0: 2^(n - 1) would be subnormal
#define CK_EXP_HIGHEST 88.722832f  // above it the result is infinite
#define CK_LOG2E 1.44269504f
#define CK_LN2_HIGH 0.693359375f  // nine bits: n · high is exact
#define CK_LN2_LOW -2.12194440e-4f
// Added to a small number, it leaves the nearest integer in the low bits of the mantissa.
#define CK_ROUNDER 12582912.0f
// exp(r) = 1 + r + r² · p(r); p fitted to the least relative error of exp(r): 4e-9.
#define CK_EXP_C0 0.49999994f
#define CK_EXP_C1 0.166665211f
#define CK_EXP_C2 0.041668389f
#define CK_EXP_C3 0.00836871658f
#define CK_EXP_C4 0.00138145988f

/// Within 2 units in the last place.
static inline float ck_exp(float x) {
    if (x < CK_EXP_LOWEST) {
        return 0;
    }
    if (x > CK_EXP_HIGHEST) {
        return __builtin_inff();
    }
    float shifted = x * CK_LOG2E + CK_ROUNDER;
    float n = shifted - CK_ROUNDER;
    float r = (x - n * CK_LN2_HIGH) - n * CK_LN2_LOW;
    float p = CK_EXP_C4;
    p = p * r + CK_EXP_C3;
    p = p * r + CK_EXP_C2;
    p = p * r + CK_EXP_C1;
    p = p * r + CK_EXP_C0;
    float e = (p * (r * r) + r) + 1;
    // 2^(n - 1), then twice that: n reaches 128, whose power is no f32.
    return e * ck_bits_to_f32((ck_f32_to_bits(shifted) << 23) + 0x3f000000u) * 2;
}

/// log of a normal positive number, by 2 · artanh((m - 1) / (m + 1)); infinity and not-a-number
/// come back as they are.
static inline float ck_log(float x) {
    uint32_t bits = ck_f32_to_bits(x);
    if (bits >= 0x7f800000u) {
        return x;
    }
    int exponent = (int)(bits >> 23) - 127;
    double m = ck_bits_to_f32((bits & 0x007fffffu) | 0x3f800000u);
    if (m > 1.4142135) {
        m *= 0.5;
        exponent += 1;
    }
    double s = (m - 1) / (m + 1);
    double q = s * s;
    double series = 1.0 / 13;
    for (int odd = 11; odd > 0; odd -= 2) {
        series = series * q + 1.0 / odd;
    }
    return (float)(2 * s * series + exponent * 0.69314718055994531);
}

#endif
