// Rows as JSON lines, from columns of cells.
#pragma once
#include "cells.h"
#include "kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Constant text, and the column whose value follows it; -1 for none. Behind the text stands a quote that does not count,
// since most values start with one.
typedef struct {
    uint32_t offset, count;
    int32_t column;
} dockhand_json_step;

// What lines are made of. Behind `texts` 32 bytes more can be read; behind `source` none.
typedef struct {
    const uint8_t *source;
    long source_count;
    const uint8_t *texts;
    const dockhand_json_step *steps;
    long step_count;
    // By column, `row_count` cells each.
    const dockhand_cell *const *columns;
    long row_count;
    // By row, whether it is written.
    const uint8_t *wanted;
} dockhand_json_work;

typedef struct {
    // Where the last whole line ends.
    long position;
    // The first row that is not done.
    long row;
    // Whether a cell lies outside the source, which ends everything.
    int is_astray;
} dockhand_json_progress;

// Room that is left free behind everything, since whole vectors are written.
enum { DOCKHAND_JSON_SLACK = 66 };

// Writes one byte of a string, escaped where JSON demands it, and returns where the next goes.
__attribute__((noinline)) static uint8_t *dockhand_json_escape(uint8_t *out, uint8_t byte) {
    static const char digits[] = "0123456789abcdef";
    if (byte == '"' || byte == '\\') {
        *out++ = '\\';
        *out++ = byte;
    } else if (byte == '\t' || byte == '\n' || byte == '\r') {
        *out++ = '\\';
        *out++ = byte == '\t' ? 't' : byte == '\n' ? 'n' : 'r';
    } else if (byte < 0x20) {
        memcpy(out, "\\u00", 4);
        out[4] = (uint8_t)digits[byte >> 4];
        out[5] = (uint8_t)digits[byte & 15];
        out += 6;
    } else {
        *out++ = byte;
    }
    return out;
}

// Writes text as a JSON string behind its quote and returns where it ends. Nothing at or behind `end` is read.
//
// `copy` copies `width` bytes and returns how many come before the first that the string can't just hold.
static inline __attribute__((always_inline)) uint8_t *dockhand_json_string_with(
    uint8_t *out, const uint8_t *bytes, long count, const uint8_t *end, int width,
    int (*copy)(uint8_t *out, const uint8_t *bytes)
) {
    while (end - bytes >= width) {
        const int plain = copy(out, bytes);
        if (plain >= count) {
            out[count] = '"';
            return out + count + 1;
        }
        out += plain;
        bytes += plain;
        count -= plain;
        if (plain < width) {
            out = dockhand_json_escape(out, *bytes++);
            count--;
        }
    }
    for (; count > 0; count--) out = dockhand_json_escape(out, *bytes++);
    *out++ = '"';
    return out;
}

static inline uint8_t *dockhand_json_string(uint8_t *out, const uint8_t *bytes, long count, const uint8_t *end) {
    return dockhand_json_string_with(out, bytes, count, end, 16, dockhand_copy_plain);
}

// Writes rows from `row` on as long as there is room for their longest form between `position` and `room`, and the end
// of each at `ends`, also of a row that is not wanted.
//
// Becomes part of each function below, which gives it the instructions to use.
static inline __attribute__((always_inline)) dockhand_json_progress dockhand_json_rows_with(
    const dockhand_json_work *given, uint8_t *out, long room, long position, long row, long *ends,
    void (*copy)(uint8_t *out, const uint8_t *bytes, long count),
    uint8_t *(*string)(uint8_t *out, const uint8_t *bytes, long count, const uint8_t *end)
) {
    // A copy, which nothing that is written can change.
    const dockhand_json_work work = *given;
    const uint8_t *const source_end = work.source + work.source_count;
    for (; row < work.row_count; row++) {
        long place = position;
        if (work.wanted[row]) {
            for (long index = 0; index < work.step_count; index++) {
                const dockhand_json_step step = work.steps[index];
                dockhand_cell cell = {0, 0};
                if (step.column >= 0) cell = work.columns[step.column][row];
                const long length = dockhand_length(cell);
                if ((long)cell.offset + length > work.source_count) {
                    return (dockhand_json_progress){position, row, 1};
                }
                // A byte of a string becomes six at most.
                if (place + step.count + length * 6 + DOCKHAND_JSON_SLACK > room) {
                    return (dockhand_json_progress){position, row, 0};
                }
                copy(out + place, work.texts + step.offset, step.count + 1);
                place += step.count;
                if (step.column < 0) continue;
                const uint32_t kind = dockhand_kind(cell);
                if (dockhand_is_text(kind)) {
                    place = string(out + place + 1, work.source + cell.offset, length, source_end) - out;
                } else if (kind == DOCKHAND_NULL) {
                    memcpy(out + place, "null", 4);
                    place += 4;
                } else {
                    memcpy(out + place, work.source + cell.offset, (size_t)length);
                    place += length;
                }
            }
            position = place;
        }
        *ends++ = position;
    }
    return (dockhand_json_progress){position, row, 0};
}

__attribute__((noinline)) static dockhand_json_progress dockhand_json_rows_base(
    const dockhand_json_work *work, uint8_t *out, long room, long position, long row, long *ends
) {
    return dockhand_json_rows_with(work, out, room, position, row, ends, dockhand_copy16, dockhand_json_string);
}

#if defined(__x86_64__)
#define DOCKHAND_AVX2 __attribute__((target("avx2,bmi")))

DOCKHAND_AVX2 static inline void dockhand_copy32_avx2(uint8_t *out, const uint8_t *bytes, long count) {
    long done = 0;
    do {
        _mm256_storeu_si256((__m256i *)(out + done), _mm256_loadu_si256((const __m256i *)(bytes + done)));
        done += 32;
    } while (done < count);
}

DOCKHAND_AVX2 static inline int dockhand_copy_plain32_avx2(uint8_t *out, const uint8_t *bytes) {
    const __m256i block = _mm256_loadu_si256((const __m256i *)bytes), last = _mm256_set1_epi8(0x1F);
    _mm256_storeu_si256((__m256i *)out, block);
    const __m256i special = _mm256_or_si256(
        _mm256_or_si256(
            _mm256_cmpeq_epi8(block, _mm256_set1_epi8('"')), _mm256_cmpeq_epi8(block, _mm256_set1_epi8('\\'))),
        _mm256_cmpeq_epi8(_mm256_max_epu8(block, last), last));
    return __builtin_ctzll((uint32_t)_mm256_movemask_epi8(special) | UINT64_C(1) << 32);
}

DOCKHAND_AVX2 static inline uint8_t *dockhand_json_string_avx2(
    uint8_t *out, const uint8_t *bytes, long count, const uint8_t *end
) {
    return dockhand_json_string_with(out, bytes, count, end, 32, dockhand_copy_plain32_avx2);
}

DOCKHAND_AVX2 __attribute__((noinline)) static dockhand_json_progress dockhand_json_rows_avx2(
    const dockhand_json_work *work, uint8_t *out, long room, long position, long row, long *ends
) {
    return dockhand_json_rows_with(
        work, out, room, position, row, ends, dockhand_copy32_avx2, dockhand_json_string_avx2);
}
#undef DOCKHAND_AVX2
#endif

// As above, with the widest instructions that the processor has.
static inline dockhand_json_progress dockhand_json_rows(
    const dockhand_json_work *work, uint8_t *out, long room, long position, long row, long *ends
) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi")) {
        return dockhand_json_rows_avx2(work, out, room, position, row, ends);
    }
#endif
    return dockhand_json_rows_base(work, out, room, position, row, ends);
}
