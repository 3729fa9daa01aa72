#pragma once

#include <stdint.h>

/// products[l] = x·w over rows x = source[rows[l]]; with a bias, (x without it, 1)·w + bias.
void kindred_products(
    int64_t lines, const int32_t *rows, const float *source, int64_t columns, int64_t biased, const float *w,
    float *products);

/// Copies chosen rows into a panel: panel[l] = scales[l] · (x, targets[l]), x = source[rows[l]].
///
/// With a bias, the last number of a source row is one: panel[l] = scales[l] · (x without it, 1, targets[l] − bias).
///
/// - Returns: the sum of the squares of the panel's last column, that of the targets.
/// - source: row-major, `columns` wide without gaps; panel: `stride` ≥ columns + 1 floats from line to line.
double kindred_gather(
    int64_t lines, const int32_t *rows, const float *scales, const float *targets, const float *source,
    int64_t columns, int64_t biased, float *panel, int64_t stride);

/// Adds pᵀ·p to a matrix, p the first order + 1 columns of a panel, in the form that `kindred_fold_gramian` completes.
///
/// With full the largest multiple of 16 not above order, rows and columns below full are added in their upper triangle. The rows
/// from full to order, the last of which is the right side of an equation, are added whole: their vectors would be
/// mostly empty as columns.
///
/// - The panel and the matrix have `stride` floats from line to line, a multiple of 16 above order; columns of the panel beyond
///   order are finite; the matrix has a multiple of 16 rows above order.
/// - The lines are added in their order, whatever the width of the processor's vectors.
void kindred_add_gramian(int64_t lines, int64_t order, const float *panel, int64_t stride, float *matrix);

/// Adds the rows from full to order − 1, transposed, to the upper triangle, which is then complete.
void kindred_fold_gramian(int64_t order, float *matrix, int64_t stride);
