#pragma once

#include <stdint.h>

/// products[c] = Σ_e spread[columns[e]] · values[e] over the entries e of row rows[c], offsets[row] ..< offsets[row +
/// 1], added in order: four rows at a time, since each addition waits for the one before.
void kindred_spread_products(
    intptr_t count, const int32_t *rows, const intptr_t *offsets, const int32_t *columns, const double *values,
    const double *spread, double *products);
