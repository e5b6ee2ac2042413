// Weights into panels and back; element types to f32.

#include "convert.h"
#include "layout.h"

// Depths copied row by row before the next: one cache line of a bf16 tensor.
#define STRIP 32

static size_t element_size(ck_dtype type) {
    return type == CK_F32 ? sizeof(float) : sizeof(uint16_t);
}

void ck_convert_to_f32(float *out, const void *from, ck_dtype type, size_t count) {
    const char *bytes = from;
    switch (type) {
    case CK_F32:
        memcpy(out, from, count * sizeof(float));
        break;
    case CK_BF16:
        for (size_t i = 0; i < count; i++) {
            out[i] = ck_bf16_to_f32(ck_load_u16(bytes + 2 * i));
        }
        break;
    case CK_F16:
        for (size_t i = 0; i < count; i++) {
            out[i] = ck_f16_to_f32(ck_load_u16(bytes + 2 * i));
        }
        break;
    }
}

/// `count` elements as bf16; those that are bf16 already keep their bits.
static void convert_to_bf16(uint16_t *out, const char *from, ck_dtype type, size_t count) {
    if (type == CK_BF16) {
        memcpy(out, from, count * sizeof(uint16_t));
        return;
    }
    float values[STRIP];
    ck_convert_to_f32(values, from, type, count);
    for (size_t i = 0; i < count; i++) {
        out[i] = ck_f32_to_bf16(values[i]);
    }
}

/// `count` depths of one row, from an even depth on, to their places in a bf16 panel.
static void pack_strip_bf16(uint16_t *to, const char *from, ck_dtype type, size_t count) {
    uint16_t strip[STRIP] = {0};
    if (type == CK_BF16 && count == STRIP) {
        memcpy(strip, from, sizeof strip);
    } else {
        convert_to_bf16(strip, from, type, count);
    }
    for (size_t pair = 0; pair < (count + 1) / 2; pair++) {
        memcpy(to + pair * 2 * CK_PANEL, strip + 2 * pair, 2 * sizeof(uint16_t));
    }
}

static void pack_strip_f32(float *to, const char *from, ck_dtype type, size_t count) {
    float strip[STRIP];
    ck_convert_to_f32(strip, from, type, count);
    for (size_t depth = 0; depth < count; depth++) {
        to[depth * CK_PANEL] = strip[depth];
    }
}

static void pack_panel(char *to, ck_dtype type, const char *tensor, ck_dtype from, size_t outputs,
                       size_t k) {
    size_t size = element_size(from);
    if (outputs < CK_PANEL || k % CK_DEPTH != 0) {
        memset(to, 0, ck_panel_size(k) * element_size(type));
    }
    for (size_t depth = 0; depth < k; depth += STRIP) {
        size_t count = ck_min(STRIP, k - depth);
        for (size_t output = 0; output < outputs; output++) {
            const char *strip = tensor + (output * k + depth) * size;
            if (type == CK_BF16) {
                uint16_t *place = (uint16_t *)(void *)to + depth * CK_PANEL + 2 * output;
                pack_strip_bf16(place, strip, from, count);
            } else {
                float *place = (float *)(void *)to + depth * CK_PANEL + output;
                pack_strip_f32(place, strip, from, count);
            }
        }
    }
}

size_t ck_panel_elements(size_t n, size_t k) {
    return ck_round_up(n, CK_PANEL) / CK_PANEL * ck_panel_size(k);
}

void ck_pack_panels(void *panels, ck_dtype to, const void *tensor, ck_dtype from, size_t n,
                    size_t k, size_t panel_first, size_t panel_count) {
    for (size_t panel = panel_first; panel < panel_first + panel_count; panel++) {
        char *place = (char *)panels + panel * ck_panel_size(k) * element_size(to);
        const char *rows = (const char *)tensor + panel * CK_PANEL * k * element_size(from);
        pack_panel(place, to, rows, from, ck_panel_outputs(n, panel), k);
    }
}

void ck_unpack_row(float *out, const void *panels, ck_dtype type, size_t k, size_t row) {
    size_t first = row / CK_PANEL * ck_panel_size(k);
    size_t output = row % CK_PANEL;
    for (size_t depth = 0; depth < k; depth++) {
        if (type == CK_BF16) {
            const uint16_t *panel = (const uint16_t *)panels + first;
            size_t pair = depth / 2 * 2 * CK_PANEL;
            out[depth] = ck_bf16_to_f32(panel[pair + 2 * output + depth % 2]);
        } else {
            out[depth] = ((const float *)panels + first)[depth * CK_PANEL + output];
        }
    }
}
