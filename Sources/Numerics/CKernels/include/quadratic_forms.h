#pragma once

#include <stdint.h>

// A form is a full symmetric matrix G, followed by a residual e and by how far the form's point has moved: order + 2
// rows of `stride` floats, a multiple of 16 above the order. Elements beyond the order are finite and do not affect
// results.

/// target += Σ_i factors[i] · G of form rows[i], `size` = order · stride floats.
void kindred_add_forms(
    int64_t count, const int32_t *rows, const float *factors, const float *forms, int64_t record, int64_t size,
    float *target);

/// vector += A·v for a full symmetric matrix A of `order` rows of `stride` floats and a v of `order` floats; the
/// vector's length is a multiple of 16.
void kindred_add_product(int64_t order, int64_t stride, const float *matrix, const float *v, float *vector);

/// Writes a form about a point z, not yet moved: G = A, read from its upper triangle, and e = b − A·z.
void kindred_copy_form(
    int64_t order, int64_t stride, const float *matrix, const float *b, const float *z, float *form);

/// Moves the points of forms along shared features, one feature at a time.
///
/// For feature f with its entries i from offsets[f] to offsets[f + 1]: step ← step + B·Σ_i weights[i]·e of form
/// rows[i], and then e −= weights[i]·G·step and moved += weights[i]·step for each of its forms. A feature has the full
/// matrix B, followed by its step: order + 1 rows of `stride` floats.
void kindred_move_forms(
    int64_t features, const intptr_t *offsets, const int32_t *rows, const float *weights, int64_t order,
    int64_t stride, float *steps, float *forms);

/// inverse ← (Rᵀ·R)⁻¹ in full for an upper triangular factor R; both have `order` rows of `stride` floats, a multiple
/// of 16 above the order.
void kindred_invert_factored(int64_t order, const float *factor, int64_t stride, float *inverse);
