// Where the fields of CSV end, and rows read off those ends.
#pragma once
#include "cells.h"
#include "kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Where the search for record ends stands, between two 64-byte pieces of a text.
typedef struct {
    // Where the next piece starts.
    long base;
    // Field ends that are found.
    long found;
    long rows;
    // Behind the last record that is whole.
    long end;
    long lines;
    // All ones while a quote is open.
    uint64_t inside;
    // One when the last byte closed a quote, and when it was a line end.
    uint64_t after_closing, after_line_end;
} dockhand_csv_search;

typedef struct {
    const uint8_t *bytes;
    long count;
    // Where a record starts.
    long start;
    // Most rows, and bytes behind which no piece is begun.
    long rows_max, end_max;
    // Where field ends go, and how many have room.
    uint32_t *ends;
    long room;
    // The quote is the delimiter when there is none.
    uint8_t delimiter, quote, has_quote;
} dockhand_csv_text;

// Room for as many as 64 bytes can hold, which is the most that is written behind what was found.
enum { DOCKHAND_CSV_ROOM = 64 };

static inline uint64_t dockhand_prefix_parity(uint64_t bits) {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    return bits ^ bits << 32;
}

// Writes where the bits of a piece stand, counted from its base, of which there are so many. What is written behind them is
// overwritten.
static inline void dockhand_csv_put(uint32_t *out, uint64_t bits, int count, uint32_t base) {
    // Eight at a time, since how many there are can't be predicted.
    for (int done = 0; done < count; done += 8) {
        for (int index = 0; index < 8; index++) {
            out[done + index] = base + (uint32_t)(bits ? __builtin_ctzll(bits) : 64);
            bits &= bits - 1;
        }
    }
}

// Goes on piece by piece, as long as a whole one is left that neither limit can end within, as long as there is room, and
// up to a piece with a quote that opens or closes where none should, which is left to its owner.
//
// Becomes part of each function below, which gives it the instructions to use.
static inline __attribute__((always_inline)) void dockhand_csv_search_with(
    const dockhand_csv_text *text, dockhand_csv_search *search,
    dockhand_csv_marks (*mark)(const uint8_t *bytes, uint8_t quote, uint8_t delimiter),
    void (*put)(uint32_t *out, uint64_t bits, int count, uint32_t base)
) {
    dockhand_csv_search at = *search;
    const uint8_t *const bytes = text->bytes;
    // One when the last byte was an edge of a field or a quote, and when it was a return.
    uint64_t before = at.base == text->start, after_return = 0;
    if (at.base > text->start) {
        const uint8_t last = bytes[at.base - 1];
        after_return = last == '\r';
        before = last == text->delimiter || last == '\n' || last == '\r' || (text->has_quote && last == text->quote);
    }
    while (at.base + 64 <= text->count && at.rows + 64 <= text->rows_max && at.end < text->end_max &&
           at.found + DOCKHAND_CSV_ROOM <= text->room) {
        dockhand_csv_marks marks = mark(bytes + at.base, text->quote, text->delimiter);
        if (!text->has_quote) marks.quotes = 0;
        const uint64_t line_ends = marks.feeds | marks.returns, edges = marks.delimiters | line_ends | marks.quotes;
        uint64_t open = at.inside;
        if ((marks.quotes | at.after_closing) != 0) {
            open ^= dockhand_prefix_parity(marks.quotes);
            const uint64_t closing = marks.quotes & ~open;
            const uint64_t bad = (marks.quotes & open & ~(edges << 1 | before)) |
                                 ((closing << 1 | at.after_closing) & ~edges);
            if (bad != 0) break;
            at.after_closing = closing >> 63;
            at.inside = 0 - (open >> 63);
        }
        const uint64_t ends = (marks.delimiters | line_ends) & ~open;
        const int count = __builtin_popcountll(ends);
        put(text->ends + at.found, ends, count, (uint32_t)at.base);
        at.found += count;
        const uint64_t outside = line_ends & ~open;
        if (outside != 0) {
            // A line end right behind another ends no record.
            at.rows += __builtin_popcountll(outside & ~(outside << 1 | at.after_line_end));
            at.end = at.base + 64 - __builtin_clzll(outside);
        }
        at.after_line_end = outside >> 63;
        at.lines += __builtin_popcountll(marks.returns) +
                    __builtin_popcountll(marks.feeds & ~(marks.returns << 1 | after_return));
        after_return = marks.returns >> 63;
        before = edges >> 63;
        at.base += 64;
    }
    *search = at;
}

__attribute__((noinline)) static void dockhand_csv_search_base(
    const dockhand_csv_text *text, dockhand_csv_search *search
) {
    dockhand_csv_search_with(text, search, dockhand_mark_csv, dockhand_csv_put);
}

#if defined(__x86_64__)
#define DOCKHAND_AVX2 __attribute__((target("avx2,bmi,popcnt")))

DOCKHAND_AVX2 static inline uint64_t dockhand_equal64(__m256i low, __m256i high, char byte) {
    const __m256i wanted = _mm256_set1_epi8(byte);
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)) << 32;
}

DOCKHAND_AVX2 static inline dockhand_csv_marks dockhand_mark_csv_avx2(
    const uint8_t *bytes, uint8_t quote, uint8_t delimiter
) {
    const __m256i low = _mm256_loadu_si256((const __m256i *)bytes);
    const __m256i high = _mm256_loadu_si256((const __m256i *)(bytes + 32));
    return (dockhand_csv_marks){
        dockhand_equal64(low, high, (char)quote), dockhand_equal64(low, high, (char)delimiter),
        dockhand_equal64(low, high, '\n'), dockhand_equal64(low, high, '\r')};
}

DOCKHAND_AVX2 __attribute__((noinline)) static void dockhand_csv_search_avx2(
    const dockhand_csv_text *text, dockhand_csv_search *search
) {
    dockhand_csv_search_with(text, search, dockhand_mark_csv_avx2, dockhand_csv_put);
}
#undef DOCKHAND_AVX2

#define DOCKHAND_AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi2,bmi,popcnt")))

DOCKHAND_AVX512 static inline dockhand_csv_marks dockhand_mark_csv_avx512(
    const uint8_t *bytes, uint8_t quote, uint8_t delimiter
) {
    const __m512i piece = _mm512_loadu_si512(bytes);
    return (dockhand_csv_marks){
        _mm512_cmpeq_epi8_mask(piece, _mm512_set1_epi8((char)quote)),
        _mm512_cmpeq_epi8_mask(piece, _mm512_set1_epi8((char)delimiter)),
        _mm512_cmpeq_epi8_mask(piece, _mm512_set1_epi8('\n')),
        _mm512_cmpeq_epi8_mask(piece, _mm512_set1_epi8('\r'))};
}

// Writes sixteen at least.
DOCKHAND_AVX512 static inline void dockhand_csv_put_avx512(uint32_t *out, uint64_t bits, int count, uint32_t base) {
    static const uint8_t places[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    const __m512i set = _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(places));
    const __m512i bases = _mm512_set1_epi32((int)base);
    _mm512_storeu_si512(out, _mm512_add_epi32(bases, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(set))));
    if (__builtin_expect(count > 16, 0)) {
        const __m128i second = _mm512_extracti32x4_epi32(set, 1), third = _mm512_extracti32x4_epi32(set, 2);
        _mm512_storeu_si512(out + 16, _mm512_add_epi32(bases, _mm512_cvtepu8_epi32(second)));
        _mm512_storeu_si512(out + 32, _mm512_add_epi32(bases, _mm512_cvtepu8_epi32(third)));
        const __m128i fourth = _mm512_extracti32x4_epi32(set, 3);
        _mm512_storeu_si512(out + 48, _mm512_add_epi32(bases, _mm512_cvtepu8_epi32(fourth)));
    }
}

DOCKHAND_AVX512 __attribute__((noinline)) static void dockhand_csv_search_avx512(
    const dockhand_csv_text *text, dockhand_csv_search *search
) {
    dockhand_csv_search_with(text, search, dockhand_mark_csv_avx512, dockhand_csv_put_avx512);
}
#undef DOCKHAND_AVX512
#endif

// As above, with the widest instructions that the processor has.
static inline void dockhand_csv_go_on(const dockhand_csv_text *text, dockhand_csv_search *search) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("popcnt")) {
        dockhand_csv_search_avx512(text, search);
        return;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt")) {
        dockhand_csv_search_avx2(text, search);
        return;
    }
#endif
    dockhand_csv_search_base(text, search);
}

// One row that was read off its field ends.
typedef struct {
    // Where its text ends.
    long end;
    // Line ends inside quoted fields.
    long breaks;
    // Whether it has as many fields as were expected, and none with doubled quotes; nothing else counts otherwise.
    int is_plain;
} dockhand_csv_row;

// Line ends of a quoted field's text; -1 when it holds a doubled quote.
__attribute__((noinline)) static long dockhand_csv_breaks(const uint8_t *bytes, long from, long to, int quote) {
    long breaks = 0;
    for (long place = from; place < to; place++) {
        const uint8_t byte = bytes[place];
        if (byte == quote) return -1;
        breaks += byte == '\r' || (byte == '\n' && bytes[place - 1] != '\r');
    }
    return breaks;
}

// Sets the cells of the row that starts at a place and ends, at the latest, with the last of as many field ends as there
// are columns, all of which lie within the text.
//
// A column's cells start at its start, -1 for a column that is not wanted. The quote is -1 when there is none.
static inline dockhand_csv_row dockhand_csv_take_row(
    const uint8_t *bytes, long start, const uint32_t *ends, dockhand_cell *cells, long number, const long *starts,
    long columns, int delimiter, int quote
) {
    dockhand_csv_row row = {0, 0, 0};
    for (long field = 0;;) {
        const long end = ends[field], column = starts[field];
        long from = start, length = end - start;
        if (bytes[start] == quote && length > 0) {
            const long breaks = length == 1 ? -1 : dockhand_csv_breaks(bytes, start + 1, end - 1, quote);
            if (breaks < 0) return row;
            row.breaks += breaks;
            from++;
            length -= 2;
        }
        if (column >= 0) {
            cells[column + number] = dockhand_make_text(bytes, from, length);
        }
        field++;
        if (bytes[end] != delimiter) {
            row.end = end;
            row.is_plain = field == columns;
            return row;
        }
        if (field == columns) return row;
        start = end + 1;
    }
}
