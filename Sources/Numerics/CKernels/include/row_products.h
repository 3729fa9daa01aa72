#pragma once

#include <stdint.h>

/// The rows of a block, which stand side by side in the lanes of vectors.
#define KINDRED_LANES 128

/// sums[r − firstRow, l] ← (sums[r − firstRow, l] if adds, else 0) + Σ_e values[e] · panel[columns[e], l], for each row r
/// in firstRow ..< endRow and its entries e in starts[r] ..< ends[r].
///
/// - panel: from element panelStart on columns × KINDRED_LANES, row-major; twice as fast where that is on a cache line's
///   boundary. sums: (endRow − firstRow) × KINDRED_LANES.
/// - longest: so many products fit into 16 bits; longer rows are summed in pieces.
void kindred_multiply_lanes_integer(
    intptr_t firstRow, intptr_t endRow, const intptr_t *starts, const intptr_t *ends, const int32_t *columns,
    const uint16_t *values, intptr_t longest, const uint16_t *panel, intptr_t panelStart, int adds, float *sums);
void kindred_multiply_lanes_float(
    intptr_t firstRow, intptr_t endRow, const intptr_t *starts, const intptr_t *ends, const int32_t *columns,
    const float *values, const float *panel, intptr_t panelStart, int adds, float *sums);
void kindred_multiply_lanes_double(
    intptr_t firstRow, intptr_t endRow, const intptr_t *starts, const intptr_t *ends, const int32_t *columns,
    const double *values, const double *panel, intptr_t panelStart, int adds, double *sums);

/// sums[raters[c] − firstRow, lanes[t]] += values[t] · raterValues[c], for each entry t and its raters c from cursors[t]
/// up to ends[t] that are below endRow. The cursors move on. Returns the number of products.
intptr_t kindred_add_tail_integer(
    intptr_t entries, const int32_t *lanes, const uint16_t *values, intptr_t *cursors, const intptr_t *ends,
    const int32_t *raters, const uint16_t *raterValues, intptr_t firstRow, intptr_t endRow, float *sums);
intptr_t kindred_add_tail_float(
    intptr_t entries, const int32_t *lanes, const float *values, intptr_t *cursors, const intptr_t *ends,
    const int32_t *raters, const float *raterValues, intptr_t firstRow, intptr_t endRow, float *sums);
intptr_t kindred_add_tail_double(
    intptr_t entries, const int32_t *lanes, const double *values, intptr_t *cursors, const intptr_t *ends,
    const int32_t *raters, const double *raterValues, intptr_t firstRow, intptr_t endRow, double *sums);

/// Writes the places r · KINDRED_LANES + l where sums[r, l] > rowNorms[r − firstRow] · laneNorms[l] ·
/// min(rowBounds[r − firstRow], laneBounds[l]), for the rows of sums in firstRow ..< endRow, ascending, and returns their
/// number.
///
/// - found: memory for (endRow − firstRow) · KINDRED_LANES places.
intptr_t kindred_find_reaching_float(
    intptr_t firstRow, intptr_t endRow, const float *sums, const float *rowNorms, const float *rowBounds,
    const float *laneNorms, const float *laneBounds, int32_t *found);
intptr_t kindred_find_reaching_double(
    intptr_t firstRow, intptr_t endRow, const double *sums, const double *rowNorms, const double *rowBounds,
    const double *laneNorms, const double *laneBounds, int32_t *found);
