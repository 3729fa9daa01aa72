#pragma once

#include <stdint.h>

// Rows x = (factors, 1, 0, …) of `stride` floats, a multiple of 16 above the order, each with its own bias.

/// Adds Σ ω·x·xᵀ to the upper triangle of a matrix and Σ ω·(t − bias)·x to a vector, over chosen rows x = source[rows[l]] with
/// ω = weight · weights[rows[l]] and t = targets[l].
///
/// - The matrix has `stride` rows of `stride` floats, unspecified below the diagonal. The vector has `stride` floats.
/// - Lines are added in order, whatever the vector width of the processor.
void kindred_add_biased_rows(
    int64_t lines, const int32_t *rows, const float *targets, float weight, const float *weights, const float *source,
    const float *biases, int64_t order, int64_t stride, float *matrix, float *vector);

/// residuals[l] = values[l] − x·w − bias over rows x = source[rows[l]], for a w of `order` floats.
void kindred_biased_residuals(
    int64_t lines, const int32_t *rows, const float *source, const float *biases, int64_t order, int64_t stride,
    const float *w, const float *values, float *residuals);
