#pragma once

#include <stdint.h>

/// products[l] = x·w over rows x = source[rows[l]]; with a bias, (x without it, 1)·w + bias.
void kindred_products(
    int64_t lines, const int32_t *rows, const float *source, int64_t columns, int64_t biased, const float *w,
    float *products);

/// Gathers rows into a panel: panel[l] = scales[l] · (x, targets[l]), x = source[rows[l]].
///
/// With a bias, the last number of a source row is one: panel[l] = scales[l] · (x without it, 1, targets[l] − bias).
///
/// - Returns: the sum of squares of the panel's last column, the targets.
/// - source: row-major, `columns` wide without gaps; panel: `stride` ≥ columns + 1 floats from line to line.
double kindred_gather(
    int64_t lines, const int32_t *rows, const float *scales, const float *targets, const float *source,
    int64_t columns, int64_t biased, float *panel, int64_t stride);

/// Adds pᵀ·p to a matrix, p the first order + 1 columns of a panel, in a form that `kindred_fold_gramian` completes.
///
/// Let full be the largest multiple of 16 not above order. Rows and columns below full are added in the upper triangle.
/// The rows from full to order, the last being the right-hand side, are added whole: as columns their vectors would be
/// mostly empty.
///
/// - Panel and matrix have a stride that is a multiple of 16 above order; panel columns beyond order are finite; the
///   number of matrix rows is a multiple of 16 above order.
/// - Lines are added in order, whatever the vector width of the processor.
void kindred_add_gramian(int64_t lines, int64_t order, const float *panel, int64_t stride, float *matrix);

/// Adds the rows from full to order − 1, transposed, to complete the upper triangle.
void kindred_fold_gramian(int64_t order, float *matrix, int64_t stride);
