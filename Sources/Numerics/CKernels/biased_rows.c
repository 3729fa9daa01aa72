#include "biased_rows.h"
#include "clones.h"
#include "lanes16.h"

typedef float lanes8 __attribute__((vector_size(32), aligned(4)));

enum { HALF = LANES / 2 };

#define HALF_AT(place) (*(lanes8 *)(place))

// One block of columns: `whole` rows from `top` on, then, from the middle of the block, the right halves of `halves`
// rows whose left halves lie below the diagonal. With a vector, its part too. All sums stay in registers.
static inline __attribute__((always_inline)) void add_block(
    const int whole, const int halves, const int right, int64_t lines, const int32_t *rows, const float *targets,
    float weight, const float *weights, const float *source, const float *biases, int64_t top, int64_t column,
    int64_t stride, float *matrix, float *vector)
{
    lanes16 sums[whole], rights = {0};
    lanes8 rest[halves > 0 ? halves : 1];
    float *corner = matrix + HALF * stride + HALF;
    for (int h = 0; h < whole; h++) sums[h] = LANES_AT(matrix + (top + h) * stride + column);
    for (int h = 0; h < halves; h++) rest[h] = HALF_AT(corner + h * stride);
    if (right) rights = LANES_AT(vector + column);
    for (int64_t line = 0; line < lines; line++) {
        const float *x = source + rows[line] * stride;
        const float scale = weight * weights[rows[line]];
        const lanes16 lanes = LANES_AT(x + column);
        const lanes16 scaled = scale * lanes;
        for (int h = 0; h < whole; h++) sums[h] += x[top + h] * scaled;
        if (halves > 0) {
            const lanes8 half = scale * HALF_AT(x + HALF);
            for (int h = 0; h < halves; h++) rest[h] += x[HALF + h] * half;
        }
        if (right) rights += (targets[line] - biases[rows[line]]) * scaled;
    }
    for (int h = 0; h < whole; h++) LANES_AT(matrix + (top + h) * stride + column) = sums[h];
    for (int h = 0; h < halves; h++) HALF_AT(corner + h * stride) = rest[h];
    if (right) LANES_AT(vector + column) = rights;
}

KINDRED_CLONES void kindred_add_biased_rows(
    int64_t lines, const int32_t *rows, const float *targets, float weight, const float *weights, const float *source,
    const float *biases, int64_t order, int64_t stride, float *matrix, float *vector)
{
#define ADD(whole, halves, right, top, column) \
    add_block( \
        whole, halves, right, lines, rows, targets, weight, weights, source, biases, top, column, stride, matrix, vector)
    if (order < LANES) {
        // No more sums at a time than fit into sixteen registers of eight floats.
        ADD(6, 0, 0, 0, 0);
        if (order <= 13) ADD(2, 5, 1, 6, 0);
        else ADD(2, 7, 1, 6, 0);
        return;
    }
    for (int64_t column = 0; column < order; column += LANES) {
        for (int64_t top = 0; top < column + LANES; top += 4) ADD(4, 0, 0, top, column);
        ADD(0, 0, 1, 0, column);
    }
#undef ADD
}

KINDRED_CLONES void kindred_biased_residuals(
    int64_t lines, const int32_t *rows, const float *source, const float *biases, int64_t order, int64_t stride,
    const float *w, const float *values, float *residuals)
{
    float padded[stride];
    for (int64_t column = 0; column < stride; column++) padded[column] = column < order ? w[column] : 0;
    for (int64_t line = 0; line < lines; line++) {
        const float *x = source + rows[line] * stride;
        lanes16 sums = {0};
        for (int64_t column = 0; column < order; column += LANES) sums += LANES_AT(x + column) * LANES_AT(padded + column);
        for (int width = LANES / 2; width > 0; width /= 2)
            for (int lane = 0; lane < width; lane++) sums[lane] += sums[lane + width];
        residuals[line] = values[line] - (sums[0] + biases[rows[line]]);
    }
}
