#pragma once

#include <stdint.h>

// A symmetric matrix is held in its upper triangle, row-major, `stride` floats from row to row: a multiple of 16, at least the
// order. It has a multiple of 16 rows; what lies beyond the order is read and never changes what counts, and rows beyond it are
// not written.

/// A = Rᵀ·R in place, R upper triangular, by blocks of sixteen rows. The triangle below is then unspecified inside these blocks.
///
/// Returns 0, or the order of the first leading minor that is not positive, as LAPACK's potrf does.
int64_t kindred_factor(int64_t order, float *matrix, int64_t stride);

/// x ← R⁻ᵀ·x for a vector of a multiple of 16 floats.
void kindred_solve_transposed(int64_t order, const float *factor, int64_t stride, float *x);

/// x ← R⁻¹·x for a vector of a multiple of 16 floats.
void kindred_solve(int64_t order, const float *factor, int64_t stride, float *x);
