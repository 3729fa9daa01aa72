#pragma once

#include <stdint.h>

/// sums[r] = Σ_e marks[columns[e]] over the entries e of row rows[r], offsets[row] ..< offsets[row + 1].
void kindred_mark_sums(
    intptr_t count, const int32_t *rows, const intptr_t *offsets, const int32_t *columns, const uint8_t *marks,
    int32_t *sums);
