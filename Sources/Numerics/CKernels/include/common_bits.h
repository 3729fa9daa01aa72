#pragma once

#include <stdint.h>

/// The number of bits set in both of two rows of `count` words, starting at `one` and `other`.
int32_t kindred_common_bits(const uint64_t *words, intptr_t one, intptr_t other, intptr_t count);
