// Whether a text is well-formed UTF-8 without a NUL.
#pragma once
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>

// After Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte" (2021): three look-ups by the halves
// of two neighbouring bytes give the errors that both could be part of; what remains is one. Bytes that must be the
// third or fourth of a character are told by those before them.
enum {
    DOCKHAND_TOO_SHORT = 1 << 0,
    DOCKHAND_TOO_LONG = 1 << 1,
    DOCKHAND_OVERLONG_3 = 1 << 2,
    DOCKHAND_TOO_LARGE = 1 << 3,
    DOCKHAND_SURROGATE = 1 << 4,
    DOCKHAND_OVERLONG_2 = 1 << 5,
    // Beyond U+13FFFF, and four bytes for what needs fewer: no byte is suspected of both.
    DOCKHAND_FAR_TOO_LARGE = 1 << 6,
    DOCKHAND_OVERLONG_4 = 1 << 6,
    // Two bytes that only continue, which is right where a third or fourth must stand.
    DOCKHAND_TWO_CONTINUE = 1 << 7,
    DOCKHAND_ANY_LOW = DOCKHAND_TOO_SHORT | DOCKHAND_TOO_LONG | DOCKHAND_TWO_CONTINUE,
    DOCKHAND_LARGE_LOW = DOCKHAND_ANY_LOW | DOCKHAND_TOO_LARGE | DOCKHAND_FAR_TOO_LARGE,
    DOCKHAND_CONTINUES = DOCKHAND_TOO_LONG | DOCKHAND_OVERLONG_2 | DOCKHAND_TWO_CONTINUE,
};

#define DOCKHAND_AVX2 __attribute__((target("avx2")))
// The same sixteen entries for both halves of a vector.
#define DOCKHAND_TABLE(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))

DOCKHAND_AVX2 static inline __m256i dockhand_upper_halves(__m256i bytes) {
    return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

// What is wrong with 32 bytes, given those before them; zero where nothing is.
DOCKHAND_AVX2 static inline __m256i dockhand_utf8_errors(__m256i bytes, __m256i before) {
    const __m256i first_upper = DOCKHAND_TABLE(
        DOCKHAND_TOO_LONG, DOCKHAND_TOO_LONG, DOCKHAND_TOO_LONG, DOCKHAND_TOO_LONG, DOCKHAND_TOO_LONG,
        DOCKHAND_TOO_LONG, DOCKHAND_TOO_LONG, DOCKHAND_TOO_LONG, (char)DOCKHAND_TWO_CONTINUE,
        (char)DOCKHAND_TWO_CONTINUE, (char)DOCKHAND_TWO_CONTINUE, (char)DOCKHAND_TWO_CONTINUE,
        DOCKHAND_TOO_SHORT | DOCKHAND_OVERLONG_2, DOCKHAND_TOO_SHORT,
        DOCKHAND_TOO_SHORT | DOCKHAND_OVERLONG_3 | DOCKHAND_SURROGATE,
        DOCKHAND_TOO_SHORT | DOCKHAND_TOO_LARGE | DOCKHAND_FAR_TOO_LARGE | DOCKHAND_OVERLONG_4);
    const __m256i first_lower = DOCKHAND_TABLE(
        (char)(DOCKHAND_ANY_LOW | DOCKHAND_OVERLONG_3 | DOCKHAND_OVERLONG_2 | DOCKHAND_OVERLONG_4),
        (char)(DOCKHAND_ANY_LOW | DOCKHAND_OVERLONG_2), (char)DOCKHAND_ANY_LOW, (char)DOCKHAND_ANY_LOW,
        (char)(DOCKHAND_ANY_LOW | DOCKHAND_TOO_LARGE), (char)DOCKHAND_LARGE_LOW, (char)DOCKHAND_LARGE_LOW,
        (char)DOCKHAND_LARGE_LOW, (char)DOCKHAND_LARGE_LOW, (char)DOCKHAND_LARGE_LOW, (char)DOCKHAND_LARGE_LOW,
        (char)DOCKHAND_LARGE_LOW, (char)DOCKHAND_LARGE_LOW, (char)(DOCKHAND_LARGE_LOW | DOCKHAND_SURROGATE),
        (char)DOCKHAND_LARGE_LOW, (char)DOCKHAND_LARGE_LOW);
    const __m256i second_upper = DOCKHAND_TABLE(
        DOCKHAND_TOO_SHORT, DOCKHAND_TOO_SHORT, DOCKHAND_TOO_SHORT, DOCKHAND_TOO_SHORT, DOCKHAND_TOO_SHORT,
        DOCKHAND_TOO_SHORT, DOCKHAND_TOO_SHORT, DOCKHAND_TOO_SHORT,
        (char)(DOCKHAND_CONTINUES | DOCKHAND_OVERLONG_3 | DOCKHAND_FAR_TOO_LARGE | DOCKHAND_OVERLONG_4),
        (char)(DOCKHAND_CONTINUES | DOCKHAND_OVERLONG_3 | DOCKHAND_TOO_LARGE),
        (char)(DOCKHAND_CONTINUES | DOCKHAND_SURROGATE | DOCKHAND_TOO_LARGE),
        (char)(DOCKHAND_CONTINUES | DOCKHAND_SURROGATE | DOCKHAND_TOO_LARGE), DOCKHAND_TOO_SHORT, DOCKHAND_TOO_SHORT,
        DOCKHAND_TOO_SHORT, DOCKHAND_TOO_SHORT);
    const __m256i joint = _mm256_permute2x128_si256(before, bytes, 0x21);
    const __m256i one = _mm256_alignr_epi8(bytes, joint, 15), two = _mm256_alignr_epi8(bytes, joint, 14);
    const __m256i three = _mm256_alignr_epi8(bytes, joint, 13);
    const __m256i suspicions = _mm256_and_si256(
        _mm256_and_si256(
            _mm256_shuffle_epi8(first_upper, dockhand_upper_halves(one)),
            _mm256_shuffle_epi8(first_lower, _mm256_and_si256(one, _mm256_set1_epi8(0x0F)))),
        _mm256_shuffle_epi8(second_upper, dockhand_upper_halves(bytes)));
    // The highest bit is left where two bytes before stands the start of three, or three before that of four.
    const __m256i must_continue = _mm256_or_si256(
        _mm256_subs_epu8(two, _mm256_set1_epi8(0xE0 - 0x80)), _mm256_subs_epu8(three, _mm256_set1_epi8(0xF0 - 0x80)));
    return _mm256_xor_si256(_mm256_and_si256(must_continue, _mm256_set1_epi8((char)0x80)), suspicions);
}

DOCKHAND_AVX2 __attribute__((noinline)) static int dockhand_is_clean_avx2(const uint8_t *bytes, long count) {
    // The last three bytes of 32 must not start a character that is longer than what is left.
    const __m256i greatest = _mm256_setr_epi8(
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, (char)(0xF0 - 1), (char)(0xE0 - 1), (char)(0xC0 - 1));
    __m256i before = _mm256_setzero_si256(), unfinished = before, errors = before;
    uint8_t last[32];
    for (long place = 0; place < count; place += 32) {
        const uint8_t *piece = bytes + place;
        if (count - place < 32) {
            memset(last, ' ', sizeof last);
            memcpy(last, piece, (size_t)(count - place));
            piece = last;
        }
        const __m256i block = _mm256_loadu_si256((const __m256i *)piece);
        errors = _mm256_or_si256(errors, _mm256_cmpeq_epi8(block, _mm256_setzero_si256()));
        if (_mm256_movemask_epi8(block) == 0) {
            errors = _mm256_or_si256(errors, unfinished);
            unfinished = _mm256_setzero_si256();
        } else {
            errors = _mm256_or_si256(errors, dockhand_utf8_errors(block, before));
            unfinished = _mm256_subs_epu8(block, greatest);
        }
        before = block;
    }
    errors = _mm256_or_si256(errors, unfinished);
    return _mm256_testz_si256(errors, errors);
}
#undef DOCKHAND_TABLE
#undef DOCKHAND_AVX2
#endif

// 1 when the text is well-formed UTF-8 without a NUL, 0 when not, and -1 when the processor can't tell.
static inline int dockhand_is_clean(const uint8_t *bytes, long count) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return dockhand_is_clean_avx2(bytes, count);
#endif
    return -1;
}
