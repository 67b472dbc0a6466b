// Values as Swift's `Cell` stands in memory.
#pragma once
#include <stdint.h>

// Where a value starts, and its length under three bits of kind.
typedef struct {
    uint32_t offset, kind_and_length;
} dockhand_cell;

// Kinds, as `Cell.Kind` numbers them.
enum { DOCKHAND_NULL = 0, DOCKHAND_TEXT = 1, DOCKHAND_NUMBER = 2, DOCKHAND_BOOLEAN = 3, DOCKHAND_JSON = 4 };
// Stands for a text that is empty or begins and ends with visible ASCII.
enum { DOCKHAND_TRIMMED_TEXT = 5 };

// Bits of a length.
enum { DOCKHAND_LENGTH_BITS = 29 };

static inline uint32_t dockhand_kind(dockhand_cell cell) { return cell.kind_and_length >> DOCKHAND_LENGTH_BITS; }

static inline int dockhand_is_text(uint32_t kind) { return (kind & 3) == DOCKHAND_TEXT; }

static inline long dockhand_length(dockhand_cell cell) {
    return cell.kind_and_length & ((1u << DOCKHAND_LENGTH_BITS) - 1);
}

// Whoever makes one knows that the place and the length can be named.
static inline dockhand_cell dockhand_make_cell(uint32_t kind, long offset, long length) {
    return (dockhand_cell){(uint32_t)offset, kind << DOCKHAND_LENGTH_BITS | (uint32_t)length};
}

// As above, for a text, at whose ends it looks.
static inline dockhand_cell dockhand_make_text(const uint8_t *bytes, long offset, long length) {
    // As `TextBytes.isTrimmed` has it.
    const int begins = (uint8_t)(bytes[offset] - 0x21) < 0x5F;
    const int ends = (uint8_t)(bytes[offset + length - (length > 0)] - 0x21) < 0x5F;
    const int is_trimmed = (length == 0) | (begins & ends);
    return dockhand_make_cell(is_trimmed ? DOCKHAND_TRIMMED_TEXT : DOCKHAND_TEXT, offset, length);
}
