#pragma once

#include <stdint.h>

/// products[c] = Σ_e spread[columns[e]] · values[e] over the entries e of row rows[c], offsets[row] ..< offsets[row + 1], added
/// one after the other in their order: four rows at a time, for a sum waits for its last addition.
void kindred_spread_products(
    intptr_t count, const int32_t *rows, const intptr_t *offsets, const int32_t *columns, const double *values,
    const double *spread, double *products);
