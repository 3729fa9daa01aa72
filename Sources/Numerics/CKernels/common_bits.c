#include "common_bits.h"
#include "clones.h"

KINDRED_CLONES int32_t kindred_common_bits(const uint64_t *words, intptr_t one, intptr_t other, intptr_t count)
{
    int32_t sum = 0;
    for (intptr_t w = 0; w < count; w++) sum += __builtin_popcountll(words[one + w] & words[other + w]);
    return sum;
}
