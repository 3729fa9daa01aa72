#pragma once

#include <stdint.h>

/// The number of bits that are set in both of two rows of words, each `count` long, which begin at `one` and `other`.
int32_t kindred_common_bits(const uint64_t *words, intptr_t one, intptr_t other, intptr_t count);
