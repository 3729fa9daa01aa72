#pragma once

#include <stdint.h>

// Rows x = (factors, 1, 0, …) of `stride` floats, a multiple of 16 above the order, each with a bias of its own.

/// Adds Σ ω·x·xᵀ to the upper triangle of a matrix and Σ ω·(t − bias)·x to a vector, over chosen rows x = source[rows[l]] with
/// ω = weight · weights[rows[l]] and t = targets[l].
///
/// - The matrix has as many rows as the stride, of `stride` floats; below its diagonal it is unspecified. The vector has
///   `stride` floats.
/// - The lines are added in their order, whatever the width of the processor's vectors.
void kindred_add_biased_rows(
    int64_t lines, const int32_t *rows, const float *targets, float weight, const float *weights, const float *source,
    const float *biases, int64_t order, int64_t stride, float *matrix, float *vector);

/// residuals[l] = values[l] − x·w − bias over rows x = source[rows[l]], for a w of `order` floats.
void kindred_biased_residuals(
    int64_t lines, const int32_t *rows, const float *source, const float *biases, int64_t order, int64_t stride,
    const float *w, const float *values, float *residuals);
