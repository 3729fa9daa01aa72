#pragma once

#include <stdint.h>

/// The number of rows in a block, one per vector lane.
#define KINDRED_LANES 128

/// sums[r − firstRow, l] ← (sums[r − firstRow, l] if adds, else 0) + Σ_e values[e] · panel[columns[e], l], for each row r
/// in firstRow ..< endRow and its entries e in starts[r] ..< ends[r].
///
/// - panel: columns × KINDRED_LANES from element panelStart on, row-major; twice as fast if aligned to a cache line.
///   sums: (endRow − firstRow) × KINDRED_LANES.
/// - longest: how many products fit into 16 bits; longer rows are summed in pieces.
void kindred_multiply_lanes_integer(
    intptr_t firstRow, intptr_t endRow, const intptr_t *starts, const intptr_t *ends, const int32_t *columns,
    const uint16_t *values, intptr_t longest, const uint16_t *panel, intptr_t panelStart, int adds, float *sums);
void kindred_multiply_lanes_float(
    intptr_t firstRow, intptr_t endRow, const intptr_t *starts, const intptr_t *ends, const int32_t *columns,
    const float *values, const float *panel, intptr_t panelStart, int adds, float *sums);
void kindred_multiply_lanes_double(
    intptr_t firstRow, intptr_t endRow, const intptr_t *starts, const intptr_t *ends, const int32_t *columns,
    const double *values, const double *panel, intptr_t panelStart, int adds, double *sums);

/// sums[raters[c] − firstRow, lanes[t]] += values[t] · raterValues[c], for each entry t and its raters c from
/// cursors[t] up to ends[t] below endRow. Advances the cursors. Returns the number of products.
intptr_t kindred_add_tail_integer(
    intptr_t entries, const int32_t *lanes, const uint16_t *values, intptr_t *cursors, const intptr_t *ends,
    const int32_t *raters, const uint16_t *raterValues, intptr_t firstRow, intptr_t endRow, float *sums);
intptr_t kindred_add_tail_float(
    intptr_t entries, const int32_t *lanes, const float *values, intptr_t *cursors, const intptr_t *ends,
    const int32_t *raters, const float *raterValues, intptr_t firstRow, intptr_t endRow, float *sums);
intptr_t kindred_add_tail_double(
    intptr_t entries, const int32_t *lanes, const double *values, intptr_t *cursors, const intptr_t *ends,
    const int32_t *raters, const double *raterValues, intptr_t firstRow, intptr_t endRow, double *sums);

/// Writes the places r · KINDRED_LANES + l where sums[r, l] > rowNorms[r − firstRow] · laneNorms[l] · min(rowBounds[r −
/// firstRow], laneBounds[l]), for rows firstRow ..< endRow of sums, ascending, and returns how many there are.
///
/// - found: room for (endRow − firstRow) · KINDRED_LANES places.
intptr_t kindred_find_reaching_float(
    intptr_t firstRow, intptr_t endRow, const float *sums, const float *rowNorms, const float *rowBounds,
    const float *laneNorms, const float *laneBounds, int32_t *found);
intptr_t kindred_find_reaching_double(
    intptr_t firstRow, intptr_t endRow, const double *sums, const double *rowNorms, const double *rowBounds,
    const double *laneNorms, const double *laneBounds, int32_t *found);
