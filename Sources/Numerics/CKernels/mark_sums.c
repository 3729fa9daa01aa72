#include "mark_sums.h"

void kindred_mark_sums(
    intptr_t count, const int32_t *rows, const intptr_t *offsets, const int32_t *columns, const uint8_t *marks,
    int32_t *sums)
{
    // Rows are far apart in memory: the first cache lines of one are fetched while those before it are summed.
    enum { AHEAD = 4, MOST = 128, LINE = 64 / sizeof(int32_t) };
    for (intptr_t r = 0; r < count; r++) {
        if (r + AHEAD < count) {
            const intptr_t start = offsets[rows[r + AHEAD]], end = offsets[rows[r + AHEAD] + 1];
            for (intptr_t entry = start; entry < end && entry < start + MOST; entry += LINE)
                __builtin_prefetch(columns + entry);
        }
        int32_t sum = 0;
        for (intptr_t entry = offsets[rows[r]]; entry < offsets[rows[r] + 1]; entry++) sum += marks[columns[entry]];
        sums[r] = sum;
    }
}
