#pragma once

#include <stdint.h>

// A form is a symmetric matrix G in full, behind it a residual e, and behind that how far the form's point has moved: order + 2
// rows of `stride` floats, a multiple of 16 above the order. What lies beyond the order is finite and stays out of what counts.

/// target += Σ_i factors[i] · G of form rows[i], `size` = order · stride floats.
void kindred_add_forms(
    int64_t count, const int32_t *rows, const float *factors, const float *forms, int64_t record, int64_t size,
    float *target);

/// vector += A·v for a symmetric matrix A in full, of `order` rows of `stride` floats, and a v of `order` floats; the vector has a
/// multiple of 16.
void kindred_add_product(int64_t order, int64_t stride, const float *matrix, const float *v, float *vector);

/// Writes a form about a point z, not moved yet: G = A, of which the upper triangle counts, and e = b − A·z.
void kindred_copy_form(
    int64_t order, int64_t stride, const float *matrix, const float *b, const float *z, float *form);

/// Moves the points of forms along shared features, one feature after the other.
///
/// For feature f with its entries i from offsets[f] to offsets[f + 1]: step ← step + B·Σ_i weights[i]·e of form rows[i], and
/// then e −= weights[i]·G·step and moved += weights[i]·step for each of its forms. A feature has the matrix B in full, and
/// behind it its step: order + 1 rows of `stride` floats.
void kindred_move_forms(
    int64_t features, const intptr_t *offsets, const int32_t *rows, const float *weights, int64_t order,
    int64_t stride, float *steps, float *forms);

/// inverse ← (Rᵀ·R)⁻¹ in full, R an upper triangular factor; both of `order` rows of `stride` floats, a multiple of 16 above the
/// order.
void kindred_invert_factored(int64_t order, const float *factor, int64_t stride, float *inverse);
