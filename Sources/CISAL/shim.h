#ifndef DOCKHAND_CISAL_H
#define DOCKHAND_CISAL_H

#include <stddef.h>
#include <stdint.h>

#include <isa-l/igzip_lib.h>

// The state holds arrays that Swift does not import, so that it is bytes to it.
static inline size_t dockhand_isal_state_bytes(void) { return sizeof(struct inflate_state); }

// Begins a member of gzip, whose checksum is compared at its end.
static inline void dockhand_isal_begin(void *state) {
    isal_inflate_init((struct inflate_state *)state);
    ((struct inflate_state *)state)->crc_flag = ISAL_GZIP;
}

typedef struct {
    // 0 when all is well.
    int fault;
    int is_at_end;
    uint32_t used;
    uint32_t made;
} dockhand_isal_step;

// Inflates what there is input and room for.
static inline dockhand_isal_step
dockhand_isal_inflate(void *opaque, const uint8_t *input, uint32_t count, uint8_t *output, uint32_t room) {
    struct inflate_state *state = (struct inflate_state *)opaque;
    state->next_in = (uint8_t *)input;
    state->avail_in = count;
    state->next_out = output;
    state->avail_out = room;
    dockhand_isal_step step;
    step.fault = isal_inflate(state);
    step.is_at_end = state->block_state == ISAL_BLOCK_FINISH;
    step.used = count - state->avail_in;
    step.made = room - state->avail_out;
    return step;
}

#endif
