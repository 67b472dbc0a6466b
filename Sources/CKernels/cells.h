// Values as Swift's `Cell` stands in memory.
#pragma once
#include <stdint.h>

// Where a value starts, and its length under three bits of kind.
typedef struct {
    uint32_t offset, kind_and_length;
} dockhand_cell;

// Kinds, as `Cell.Kind` numbers them.
enum { DOCKHAND_NULL = 0, DOCKHAND_TEXT = 1, DOCKHAND_NUMBER = 2, DOCKHAND_BOOLEAN = 3 };
