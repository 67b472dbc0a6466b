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

// Room for what 64 bytes can hold, and for eight more that are written whatever there is.
enum { DOCKHAND_CSV_ROOM = 72 };

static inline uint64_t dockhand_prefix_parity(uint64_t bits) {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    return bits ^ bits << 32;
}

// Goes on piece by piece, as long as a whole one is left that neither limit can end within, as long as there is room, and
// up to a piece with a quote that opens or closes where none should, which is left to its owner.
//
// Becomes part of each function below, which gives it the instructions to use.
static inline __attribute__((always_inline)) void dockhand_csv_search_with(
    const dockhand_csv_text *text, dockhand_csv_search *search,
    dockhand_csv_marks (*mark)(const uint8_t *bytes, uint8_t quote, uint8_t delimiter)
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
        uint64_t rest = (marks.delimiters | line_ends) & ~open;
        uint32_t *out = text->ends + at.found;
        at.found += __builtin_popcountll(rest);
        // Eight at a time, since how many there are can't be predicted; the surplus is overwritten.
        for (; rest != 0; out += 8) {
            for (int index = 0; index < 8; index++) {
                out[index] = (uint32_t)at.base + (uint32_t)(rest ? __builtin_ctzll(rest) : 64);
                rest &= rest - 1;
            }
        }
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
    dockhand_csv_search_with(text, search, dockhand_mark_csv);
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
    dockhand_csv_search_with(text, search, dockhand_mark_csv_avx2);
}
#undef DOCKHAND_AVX2
#endif

// As above, with the widest instructions that the processor has.
static inline void dockhand_csv_go_on(const dockhand_csv_text *text, dockhand_csv_search *search) {
#if defined(__x86_64__)
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
            cells[column + number] = dockhand_make_cell(DOCKHAND_TEXT, from, length);
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
