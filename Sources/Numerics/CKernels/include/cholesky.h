#pragma once

#include <stdint.h>

// A symmetric matrix is stored in its upper triangle, row-major, with a stride that is a multiple of 16 and at least
// the order. The number of rows is a multiple of 16; elements beyond the order are read without affecting the result,
// and rows beyond it are not written.

/// A = Rᵀ·R in place, R upper triangular, by blocks of sixteen rows. The lower triangle of these blocks is then
/// unspecified.
///
/// Returns 0, or the order of the first leading minor that is not positive, like LAPACK's potrf.
int64_t kindred_factor(int64_t order, float *matrix, int64_t stride);

/// x ← R⁻ᵀ·x for a vector of a multiple of 16 floats.
void kindred_solve_transposed(int64_t order, const float *factor, int64_t stride, float *x);

/// x ← R⁻¹·x for a vector of a multiple of 16 floats.
void kindred_solve(int64_t order, const float *factor, int64_t stride, float *x);
