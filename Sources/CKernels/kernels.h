// Byte kernels that Swift cannot express: it has no movemask, and compares vectors lane by lane in some places.
// Each of these comes in SSE2, which every x86-64 has, and in plain C.
#pragma once
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef struct {
    uint64_t quotes;
    uint64_t delimiters;
    uint64_t feeds;
    uint64_t returns;
} dockhand_csv_marks;

#ifdef __SSE2__
static inline uint64_t dockhand_equal16(__m128i block, __m128i byte, int place) {
    return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, byte)) << place;
}
#endif

// Where four bytes stand among the 64 at `bytes`, one bit a byte, the first byte's lowest.
static inline dockhand_csv_marks dockhand_mark_csv(const uint8_t *bytes, uint8_t quote, uint8_t delimiter) {
    dockhand_csv_marks marks = {0, 0, 0, 0};
#ifdef __SSE2__
    const __m128i quotes = _mm_set1_epi8((char)quote), delimiters = _mm_set1_epi8((char)delimiter);
    const __m128i feeds = _mm_set1_epi8(0x0A), returns = _mm_set1_epi8(0x0D);
    for (int place = 0; place < 64; place += 16) {
        const __m128i block = _mm_loadu_si128((const __m128i *)(bytes + place));
        marks.quotes |= dockhand_equal16(block, quotes, place);
        marks.delimiters |= dockhand_equal16(block, delimiters, place);
        marks.feeds |= dockhand_equal16(block, feeds, place);
        marks.returns |= dockhand_equal16(block, returns, place);
    }
#else
    for (int place = 0; place < 64; place++) {
        marks.quotes |= (uint64_t)(bytes[place] == quote) << place;
        marks.delimiters |= (uint64_t)(bytes[place] == delimiter) << place;
        marks.feeds |= (uint64_t)(bytes[place] == 0x0A) << place;
        marks.returns |= (uint64_t)(bytes[place] == 0x0D) << place;
    }
#endif
    return marks;
}

// Copies 16 bytes and returns how many come before the first that a JSON string can't just hold.
static inline int dockhand_copy_plain(uint8_t *out, const uint8_t *bytes) {
#ifdef __SSE2__
    const __m128i block = _mm_loadu_si128((const __m128i *)bytes), last = _mm_set1_epi8(0x1F);
    _mm_storeu_si128((__m128i *)out, block);
    const __m128i special = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')), _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'))),
        _mm_cmpeq_epi8(_mm_max_epu8(block, last), last));
    return __builtin_ctz((unsigned)_mm_movemask_epi8(special) | 0x10000u);
#else
    memcpy(out, bytes, 16);
    int plain = 0;
    while (plain < 16 && bytes[plain] >= 0x20 && bytes[plain] != '"' && bytes[plain] != '\\') plain++;
    return plain;
#endif
}

// The first place at or after `from` that a JSON string can't just hold, or, if asked, that is not ASCII; `count` if there
// is none.
static inline __attribute__((always_inline)) long dockhand_string_end_with(
    const uint8_t *bytes, long from, long count, int stops_at_foreign
) {
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), last = _mm_set1_epi8(0x1F);
    for (; from + 16 <= count; from += 16) {
        const __m128i block = _mm_loadu_si128((const __m128i *)(bytes + from));
        __m128i special = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, slash)),
            _mm_cmpeq_epi8(_mm_max_epu8(block, last), last));
        // The highest bit of a byte says that it is not ASCII.
        if (stops_at_foreign) special = _mm_or_si128(special, block);
        const unsigned found = (unsigned)_mm_movemask_epi8(special);
        if (found) return from + __builtin_ctz(found);
    }
#endif
    while (from < count && bytes[from] >= 0x20 && (bytes[from] < 0x80 || !stops_at_foreign) && bytes[from] != '"' &&
           bytes[from] != '\\') {
        from++;
    }
    return from;
}

// Where text ends that a JSON string can just hold.
static inline long dockhand_string_end(const uint8_t *bytes, long from, long count) {
    return dockhand_string_end_with(bytes, from, count, 0);
}

// Where such text ends that is all ASCII.
static inline long dockhand_plain_end(const uint8_t *bytes, long from, long count) {
    return dockhand_string_end_with(bytes, from, count, 1);
}

// The first place at or after `from` that is NUL or not ASCII; `end` if there is none.
static inline long dockhand_text_end(const uint8_t *bytes, long from, long end) {
#ifdef __SSE2__
    const __m128i zero = _mm_setzero_si128();
    for (; from + 64 <= end; from += 64) {
        const __m128i *block = (const __m128i *)(bytes + from);
        const __m128i one = _mm_cmpgt_epi8(_mm_loadu_si128(block), zero);
        const __m128i two = _mm_cmpgt_epi8(_mm_loadu_si128(block + 1), zero);
        const __m128i three = _mm_cmpgt_epi8(_mm_loadu_si128(block + 2), zero);
        const __m128i four = _mm_cmpgt_epi8(_mm_loadu_si128(block + 3), zero);
        if (_mm_movemask_epi8(_mm_and_si128(_mm_and_si128(one, two), _mm_and_si128(three, four))) != 0xFFFF) break;
    }
    for (; from + 16 <= end; from += 16) {
        const __m128i text = _mm_cmpgt_epi8(_mm_loadu_si128((const __m128i *)(bytes + from)), zero);
        const unsigned other = (unsigned)_mm_movemask_epi8(text) ^ 0xFFFFu;
        if (other) return from + __builtin_ctz(other);
    }
#endif
    while (from < end && bytes[from] != 0 && bytes[from] < 0x80) from++;
    return from;
}

// Copies `count` bytes in pieces of 16, of which the last may be longer than what is left.
static inline void dockhand_copy16(uint8_t *out, const uint8_t *bytes, long count) {
    long done = 0;
    do {
        memcpy(out + done, bytes + done, 16);
        done += 16;
    } while (done < count);
}

// Sixteen bytes of a text, passed as a value: as they stand in memory, first the one half and then the other.
typedef struct {
    uint64_t first, second;
} dockhand_bytes16;

// Which of 16 bytes are what, one bit a byte, the first byte's lowest.
typedef struct {
    uint32_t signs, dots, visible;
} dockhand_email_marks;

typedef struct {
    uint32_t letters, foreign;
} dockhand_case_marks;

typedef struct {
    uint32_t spaces, foreign;
} dockhand_space_marks;

#ifdef __SSE2__
static inline __m128i dockhand_block(dockhand_bytes16 bytes) {
    return _mm_set_epi64x((long long)bytes.second, (long long)bytes.first);
}

// All ones where a byte is among the 26 letters from `first` on.
static inline __m128i dockhand_letters16(__m128i block, uint8_t first) {
    // The first letter becomes the least of all signed numbers.
    const __m128i moved = _mm_add_epi8(block, _mm_set1_epi8((char)(0x80 - first)));
    return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(0x80 + 26)));
}
#endif

// Where `@`, dots, and visible ASCII stand.
static inline dockhand_email_marks dockhand_mark_email(dockhand_bytes16 bytes) {
    dockhand_email_marks marks = {0, 0, 0};
#ifdef __SSE2__
    const __m128i block = dockhand_block(bytes);
    marks.signs = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('@')));
    marks.dots = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('.')));
    // As signed numbers, bytes above ASCII are less than all others.
    marks.visible = (uint32_t)_mm_movemask_epi8(
        _mm_andnot_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8(0x7F)), _mm_cmpgt_epi8(block, _mm_set1_epi8(0x20))));
#else
    uint8_t text[16];
    memcpy(text, &bytes, 16);
    for (int place = 0; place < 16; place++) {
        marks.signs |= (uint32_t)(text[place] == '@') << place;
        marks.dots |= (uint32_t)(text[place] == '.') << place;
        marks.visible |= (uint32_t)(text[place] > 0x20 && text[place] < 0x7F) << place;
    }
#endif
    return marks;
}

// Where the 26 letters from `first` on stand, and what is not ASCII.
static inline dockhand_case_marks dockhand_mark_case(dockhand_bytes16 bytes, uint8_t first) {
    dockhand_case_marks marks = {0, 0};
#ifdef __SSE2__
    const __m128i block = dockhand_block(bytes);
    marks.letters = (uint32_t)_mm_movemask_epi8(dockhand_letters16(block, first));
    marks.foreign = (uint32_t)_mm_movemask_epi8(block);
#else
    uint8_t text[16];
    memcpy(text, &bytes, 16);
    for (int place = 0; place < 16; place++) {
        marks.letters |= (uint32_t)((uint8_t)(text[place] - first) < 26) << place;
        marks.foreign |= (uint32_t)(text[place] >> 7) << place;
    }
#endif
    return marks;
}

// Where ASCII's white space stands, which is 0x09 to 0x0D and the space, and what is not ASCII.
static inline dockhand_space_marks dockhand_mark_space(dockhand_bytes16 bytes) {
    dockhand_space_marks marks = {0, 0};
#ifdef __SSE2__
    const __m128i block = dockhand_block(bytes);
    // The tab becomes the least of all signed numbers.
    const __m128i moved = _mm_add_epi8(block, _mm_set1_epi8((char)(0x80 - 0x09)));
    const __m128i controls = _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(0x80 + 5)));
    const __m128i spaces = _mm_or_si128(controls, _mm_cmpeq_epi8(block, _mm_set1_epi8(' ')));
    marks.spaces = (uint32_t)_mm_movemask_epi8(spaces);
    marks.foreign = (uint32_t)_mm_movemask_epi8(block);
#else
    uint8_t text[16];
    memcpy(text, &bytes, 16);
    for (int place = 0; place < 16; place++) {
        marks.spaces |= (uint32_t)(text[place] == ' ' || (uint8_t)(text[place] - 0x09) < 5) << place;
        marks.foreign |= (uint32_t)(text[place] >> 7) << place;
    }
#endif
    return marks;
}

// The bytes whose bit is set, moved together; what follows them is anything.
static inline dockhand_bytes16 dockhand_keep(dockhand_bytes16 bytes, uint32_t kept) {
    uint8_t text[16], out[16] = {0};
    memcpy(text, &bytes, 16);
    for (int count = 0; kept != 0; kept &= kept - 1) out[count++] = text[__builtin_ctz(kept)];
    memcpy(&bytes, out, 16);
    return bytes;
}

// The same bytes with the 26 letters from `first` on in the other case.
static inline dockhand_bytes16 dockhand_flip_case(dockhand_bytes16 bytes, uint8_t first) {
    uint8_t text[16];
    memcpy(text, &bytes, 16);
#ifdef __SSE2__
    const __m128i block = dockhand_block(bytes);
    const __m128i bits = _mm_and_si128(dockhand_letters16(block, first), _mm_set1_epi8(0x20));
    _mm_storeu_si128((__m128i *)text, _mm_xor_si128(block, bits));
#else
    for (int place = 0; place < 16; place++) text[place] ^= (uint8_t)(text[place] - first) < 26 ? 0x20 : 0;
#endif
    memcpy(&bytes, text, 16);
    return bytes;
}

static inline uint64_t dockhand_load8(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline uint32_t dockhand_load4(const uint8_t *bytes) {
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

// Whether `count` bytes are the same; the last ones are compared in a piece that overlaps the one before.
static inline int dockhand_is_same(const uint8_t *one, const uint8_t *other, long count) {
    if (count >= 16) {
#ifdef __SSE2__
        for (long place = 0;; place = place + 32 <= count ? place + 16 : count - 16) {
            const __m128i left = _mm_loadu_si128((const __m128i *)(one + place));
            const __m128i right = _mm_loadu_si128((const __m128i *)(other + place));
            if (_mm_movemask_epi8(_mm_cmpeq_epi8(left, right)) != 0xFFFF) return 0;
            if (place + 16 == count) return 1;
        }
#else
        return memcmp(one, other, (size_t)count) == 0;
#endif
    }
    if (count >= 8) {
        const long last = count - 8;
        return ((dockhand_load8(one) ^ dockhand_load8(other)) | (dockhand_load8(one + last) ^ dockhand_load8(other + last))) == 0;
    }
    if (count >= 4) {
        const long last = count - 4;
        return ((dockhand_load4(one) ^ dockhand_load4(other)) | (dockhand_load4(one + last) ^ dockhand_load4(other + last))) == 0;
    }
    for (long place = 0; place < count; place++) {
        if (one[place] != other[place]) return 0;
    }
    return 1;
}
