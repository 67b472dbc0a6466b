// What changes whole columns of values.
#pragma once
#include "cells.h"
#include "kernels.h"

// Writes the values that hold any of the 26 ASCII letters from `first` on behind the first `count` bytes, with those
// letters in the other case, and has their cells name the copies. Behind `count` there is room for all values and 16 bytes
// more. Only rows that are asked for take part, and of these neither nothing nor lists and objects; a number or flag
// becomes text. What is not all ASCII, or lies elsewhere, is left and marked in `others`, which is set for every row.
//
// Returns where what was written ends.
static inline long dockhand_flip_column(
    uint8_t *bytes, long count, dockhand_cell *cells, const uint8_t *rows, long row_count, uint8_t first, uint8_t *others
) {
    long end = count;
    for (long row = 0; row < row_count; row++) {
        const dockhand_cell cell = cells[row];
        const uint32_t kind = dockhand_kind(cell);
        const long length = dockhand_length(cell);
        others[row] = 0;
        if (!rows[row] || kind == DOCKHAND_NULL || kind == DOCKHAND_JSON) continue;
        if (cell.offset + length > count) {
            others[row] = 1;
            continue;
        }
        // Visible ASCII stays visible ASCII.
        const uint32_t text = dockhand_is_text(kind) ? kind : DOCKHAND_TEXT;
        uint32_t letters = 0, foreign = 0;
        for (long done = 0; done < length; done += 16) {
            dockhand_bytes16 piece;
            memcpy(&piece, bytes + cell.offset + done, 16);
            const dockhand_case_marks marks = dockhand_mark_case(piece, first);
            const uint32_t inside = length - done < 16 ? (1u << (length - done)) - 1 : 0xFFFF;
            letters |= marks.letters & inside;
            foreign |= marks.foreign & inside;
            piece = dockhand_flip_case(piece, first);
            memcpy(bytes + end + done, &piece, 16);
        }
        if (foreign) {
            others[row] = 1;
        } else if (letters) {
            cells[row] = dockhand_make_cell(text, end, length);
            end += length;
        } else {
            cells[row] = dockhand_make_cell(text, cell.offset, length);
        }
    }
    return end;
}
