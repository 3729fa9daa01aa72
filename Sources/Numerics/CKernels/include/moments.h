#pragma once

#include <stdint.h>

/// cross[i, j] += Σ_r left[r, i] · right[r, j] over the first `rank` of `columns` columns.
void kindred_add_cross(
    int64_t rows, int64_t columns, int64_t rank, const float *left, const float *right, double *cross);

/// The first `rank` columns of each row become row · rotation, for a row-major rotation of order `rank`.
///
/// - work: `rank` doubles.
void kindred_rotate(
    int64_t rows, int64_t columns, int64_t rank, float *matrix, const double *rotation, double *work);

/// matrices[r] += v·vᵀ for each row v of a matrix of `order` columns; matrices of order² elements, stored
/// consecutively.
void kindred_add_outer(int64_t rows, int64_t order, const float *vectors, float *matrices);
