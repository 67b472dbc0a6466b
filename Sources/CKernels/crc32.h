// The checksum of gzip, sixteen bytes a step where the processor multiplies without carry.
#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __x86_64__
#include <immintrin.h>

// Whether this processor can do what `dockhand_crc32_fold` does.
static inline int dockhand_can_fold_crc32(void) {
    return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
}

// Moves `state` behind `next`, by the two powers of x that `powers` holds for that distance.
__attribute__((target("pclmul,sse4.1"))) static inline __m128i
dockhand_fold(__m128i state, __m128i powers, __m128i next) {
    const __m128i low = _mm_clmulepi64_si128(state, powers, 0x00), high = _mm_clmulepi64_si128(state, powers, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// Continues a checksum over `count` bytes, a multiple of 16 and at least 64.
//
// Four states of 128 bits are folded over the text in turn, then into one, and that is reduced by the polynomial (Gopal
// et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ", 2009; the powers are those of its bit-reflected
// form).
__attribute__((target("pclmul,sse4.1"))) static inline uint32_t
dockhand_crc32_fold(uint32_t crc, const uint8_t *bytes, size_t count) {
    const __m128i by64 = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4), by16 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
    const __m128i by4 = _mm_set_epi64x(0, 0x0163cd6124), polynomial = _mm_set_epi64x(0x01f7011641, 0x01db710641);
    const __m128i words = _mm_set_epi32(0, -1, 0, -1);
    const __m128i *next = (const __m128i *)bytes, *end = (const __m128i *)(bytes + count);
    __m128i state[4];
    for (int lane = 0; lane < 4; lane++) state[lane] = _mm_loadu_si128(next++);
    state[0] = _mm_xor_si128(state[0], _mm_cvtsi32_si128((int)~crc));
    for (; end - next >= 4; next += 4) {
        for (int lane = 0; lane < 4; lane++)
            state[lane] = dockhand_fold(state[lane], by64, _mm_loadu_si128(next + lane));
    }
    __m128i all = state[0];
    for (int lane = 1; lane < 4; lane++) all = dockhand_fold(all, by16, state[lane]);
    while (next < end) all = dockhand_fold(all, by16, _mm_loadu_si128(next++));
    // 128 bits to 64, and to 32 by Barrett's reduction.
    all = _mm_xor_si128(_mm_srli_si128(all, 8), _mm_clmulepi64_si128(all, by16, 0x10));
    all = _mm_xor_si128(_mm_srli_si128(all, 4), _mm_clmulepi64_si128(_mm_and_si128(all, words), by4, 0x00));
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(all, words), polynomial, 0x10);
    quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, words), polynomial, 0x00);
    return ~(uint32_t)_mm_extract_epi32(_mm_xor_si128(all, quotient), 1);
}
#else
static inline int dockhand_can_fold_crc32(void) { return 0; }
static inline uint32_t dockhand_crc32_fold(uint32_t crc, const uint8_t *bytes, size_t count) { return crc; }
#endif
