#include "quadratic_forms.h"
#include "clones.h"
#include "lanes16.h"

enum { TOGETHER = 4 };

KINDRED_CLONES void kindred_add_forms(
    int64_t count, const int32_t *rows, const float *factors, const float *forms, int64_t record, int64_t size,
    float *target)
{
    int64_t index = 0;
    for (; index + TOGETHER <= count; index += TOGETHER) {
        const float *some[TOGETHER];
        for (int i = 0; i < TOGETHER; i++) some[i] = forms + rows[index + i] * record;
        for (int64_t place = 0; place < size; place += LANES) {
            lanes16 sums = LANES_AT(target + place);
            KINDRED_UNROLLED
            for (int i = 0; i < TOGETHER; i++) sums += factors[index + i] * LANES_AT(some[i] + place);
            LANES_AT(target + place) = sums;
        }
    }
    for (; index < count; index++) {
        const float *form = forms + rows[index] * record;
        for (int64_t place = 0; place < size; place += LANES)
            LANES_AT(target + place) += factors[index] * LANES_AT(form + place);
    }
}

// sums ← the lanes, from one column on, of a symmetric matrix times a vector, with even and odd rows summed separately.
static inline __attribute__((always_inline)) void multiply(
    int64_t order, int64_t stride, const float *matrix, const float *vector, int64_t column, lanes16 *sums)
{
    lanes16 even = {0}, odd = {0};
    int64_t row = 0;
    for (; row + 2 <= order; row += 2) {
        even += vector[row] * LANES_AT(matrix + row * stride + column);
        odd += vector[row + 1] * LANES_AT(matrix + (row + 1) * stride + column);
    }
    if (row < order) even += vector[row] * LANES_AT(matrix + row * stride + column);
    *sums = even + odd;
}

KINDRED_CLONES void kindred_add_product(
    int64_t order, int64_t stride, const float *matrix, const float *v, float *vector)
{
    for (int64_t column = 0; column < order; column += LANES) {
        lanes16 product;
        multiply(order, stride, matrix, v, column, &product);
        LANES_AT(vector + column) += product;
    }
}

KINDRED_CLONES void kindred_copy_form(
    int64_t order, int64_t stride, const float *matrix, const float *b, const float *z, float *form)
{
    float *residuals = form + order * stride, *moved = residuals + stride;
    for (int64_t row = 0; row < order; row++) {
        for (int64_t column = 0; column < row; column++)
            form[row * stride + column] = matrix[column * stride + row];
        for (int64_t column = row; column < order; column++)
            form[row * stride + column] = matrix[row * stride + column];
        for (int64_t column = order; column < stride; column++) form[row * stride + column] = 0;
    }
    for (int64_t column = 0; column < stride; column++) moved[column] = 0;
    for (int64_t column = 0; column < stride; column += LANES) {
        lanes16 product;
        multiply(order, stride, form, z, column, &product);
        for (int lane = 0; lane < LANES; lane++)
            residuals[column + lane] = column + lane < order ? b[column + lane] - product[lane] : 0;
    }
}

static inline __attribute__((always_inline)) void move_forms(
    int64_t features, const intptr_t *offsets, const int32_t *rows, const float *weights, const int64_t order,
    const int64_t stride, float *steps, float *forms)
{
    const int64_t record = (order + 2) * stride, size = order * stride;
    float sum[stride];
    for (int64_t feature = 0; feature < features; feature++) {
        const float *inverse = steps + feature * (size + stride);
        float *step = steps + feature * (size + stride) + size;
        for (int64_t column = 0; column < stride; column += LANES) {
            lanes16 lanes = {0};
            for (int64_t entry = offsets[feature]; entry < offsets[feature + 1]; entry++)
                lanes += weights[entry] * LANES_AT(forms + rows[entry] * record + size + column);
            LANES_AT(sum + column) = lanes;
        }
        for (int64_t column = 0; column < stride; column += LANES) {
            lanes16 way;
            multiply(order, stride, inverse, sum, column, &way);
            LANES_AT(step + column) += way;
        }
        for (int64_t entry = offsets[feature]; entry < offsets[feature + 1]; entry++) {
            float *form = forms + rows[entry] * record;
            // The forms are scattered, so the hardware prefetcher cannot predict them.
            const float *next = forms + rows[entry + 1 < offsets[features] ? entry + 1 : entry] * record;
            for (int64_t place = 0; place < record; place += LANES) __builtin_prefetch(next + place);
            const float weight = weights[entry];
            for (int64_t column = 0; column < stride; column += LANES) {
                lanes16 change;
                multiply(order, stride, form, step, column, &change);
                LANES_AT(form + size + column) -= weight * change;
                LANES_AT(form + size + stride + column) += weight * LANES_AT(step + column);
            }
        }
    }
}

KINDRED_CLONES void kindred_move_forms(
    int64_t features, const intptr_t *offsets, const int32_t *rows, const float *weights, int64_t order,
    int64_t stride, float *steps, float *forms)
{
    // The usual width as a compile-time constant.
    if (stride == LANES) move_forms(features, offsets, rows, weights, order, LANES, steps, forms);
    else move_forms(features, offsets, rows, weights, order, stride, steps, forms);
}

KINDRED_CLONES void kindred_invert_factored(int64_t order, const float *factor, int64_t stride, float *inverse)
{
    for (int64_t column = 0; column < order; column += LANES) {
        // Rᵀ·Y = I from the first row on, in place of Y.
        for (int64_t i = 0; i < order; i++) {
            lanes16 sums = {0};
            for (int lane = 0; lane < LANES; lane++) sums[lane] = column + lane == i;
            for (int64_t k = 0; k < i; k++) sums -= factor[k * stride + i] * LANES_AT(inverse + k * stride + column);
            LANES_AT(inverse + i * stride + column) = sums / factor[i * (stride + 1)];
        }
        // R·X = Y from the last row on.
        for (int64_t i = order - 1; i >= 0; i--) {
            lanes16 sums = LANES_AT(inverse + i * stride + column);
            for (int64_t k = i + 1; k < order; k++)
                sums -= factor[i * stride + k] * LANES_AT(inverse + k * stride + column);
            LANES_AT(inverse + i * stride + column) = sums / factor[i * (stride + 1)];
        }
    }
}
