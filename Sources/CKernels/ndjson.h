// Lines of JSON that differ from each other in their values alone.
#pragma once
#include "cells.h"
#include "kernels.h"

// Text that stands before a value, and the field that the value fills; -1 for none.
typedef struct {
    uint32_t start, count;
    int32_t field;
} dockhand_form_step;

typedef struct {
    // With 16 bytes behind it that can be read.
    const uint8_t *texts;
    const dockhand_form_step *steps;
    long step_count;
    // The text behind the last value.
    dockhand_form_step end;
} dockhand_form;

// Whether a part of the form's text stands at a place, before which `left` bytes of the text are left.
static inline int dockhand_form_has(const uint8_t *bytes, long left, const uint8_t *text, long count) {
    if (count > left) return 0;
#ifdef __SSE2__
    long done = 0;
    for (; done < count && done + 16 <= left; done += 16) {
        const __m128i one = _mm_loadu_si128((const __m128i *)(bytes + done));
        const __m128i two = _mm_loadu_si128((const __m128i *)(text + done));
        unsigned other = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(one, two)) ^ 0xFFFFu;
        if (count - done < 16) other &= (1u << (count - done)) - 1;
        if (other) return 0;
    }
    if (done >= count) return 1;
    bytes += done;
    text += done;
    count -= done;
#endif
    return memcmp(bytes, text, (size_t)count) == 0;
}

static inline long dockhand_digits_end(const uint8_t *bytes, long from, long count) {
    while (from < count && (uint8_t)(bytes[from] - '0') < 10) from++;
    return from;
}

// The end of a number that is written without an exponent; `from` when there is none.
static inline long dockhand_number_end(const uint8_t *bytes, long from, long count) {
    const long whole = from + (from < count && bytes[from] == '-');
    long place = dockhand_digits_end(bytes, whole, count);
    if (place == whole || (place - whole > 1 && bytes[whole] == '0')) return from;
    if (place < count && bytes[place] == '.') {
        const long fraction = place + 1;
        place = dockhand_digits_end(bytes, fraction, count);
        if (place == fraction) return from;
    }
    return place < count && (bytes[place] | 0x20) == 'e' ? from : place;
}

// Where a value ends that is no string, and its kind; where it starts when it is none, or one with an exponent, a list or
// an object.
__attribute__((noinline)) static long dockhand_other_value(const uint8_t *bytes, long from, long count, uint32_t *kind) {
    const long left = count - from;
    if (left >= 4 && memcmp(bytes + from, "null", 4) == 0) {
        *kind = DOCKHAND_NULL;
        return from + 4;
    }
    *kind = DOCKHAND_BOOLEAN;
    if (left >= 4 && memcmp(bytes + from, "true", 4) == 0) return from + 4;
    if (left >= 5 && memcmp(bytes + from, "false", 5) == 0) return from + 5;
    *kind = DOCKHAND_NUMBER;
    return dockhand_number_end(bytes, from, count);
}

// Reads the line from `from` to `to` of a text, which is well-formed UTF-8; behind the line, the text ends or a control
// character follows. A field's value goes to `first`, and `stride` further for each field, unless it is null.
//
// Returns 0 for a line of another form, or with an escape in a value; the cells may hold anything then.
static inline int dockhand_form_read(
    const uint8_t *bytes, long count, long from, long to, const dockhand_form *form, dockhand_cell *cells, long first,
    long stride
) {
    long place = from;
    for (long index = 0; index < form->step_count; index++) {
        const dockhand_form_step step = form->steps[index];
        if (!dockhand_form_has(bytes + place, count - place, form->texts + step.start, step.count)) return 0;
        place += step.count;
        if (place >= to) return 0;
        uint32_t kind = DOCKHAND_TEXT;
        long start = place, end;
        if (bytes[place] == '"') {
            start = place + 1;
            end = dockhand_string_end(bytes, start, count);
            if (end == count || bytes[end] != '"') return 0;
            place = end + 1;
        } else {
            end = dockhand_other_value(bytes, start, count, &kind);
            if (end == start) return 0;
            place = end;
        }
        if (step.field >= 0 && kind != DOCKHAND_NULL) {
            cells[first + step.field * stride] = kind == DOCKHAND_TEXT ? dockhand_make_text(bytes, start, end - start)
                                                                       : dockhand_make_cell(kind, start, end - start);
        }
    }
    const dockhand_form_step last = form->end;
    return to - place == last.count && dockhand_form_has(bytes + place, to - place, form->texts + last.start, last.count);
}
