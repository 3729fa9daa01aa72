#include "cholesky.h"
#include "clones.h"
#include "lanes16.h"
#include <math.h>

// rows[h] −= Σ_l left[l, h] · right[l] over the lines above a block.
static inline __attribute__((always_inline)) void subtract_above(
    int64_t lines, const float *left, const float *right, int64_t stride, lanes16 rows[LANES])
{
    for (int64_t line = 0; line < lines; line++) {
        const lanes16 x = LANES_AT(right + line * stride);
        KINDRED_UNROLLED
        for (int h = 0; h < LANES; h++) rows[h] -= left[line * stride + h] * x;
    }
}

KINDRED_CLONES int64_t kindred_factor(int64_t order, float *matrix, int64_t stride)
{
    for (int64_t top = 0; top < order; top += LANES) {
        float *block = matrix + top * stride;
        const int64_t height = order - top < LANES ? order - top : LANES;
        float inverses[LANES];
        for (int64_t column = top; column < order; column += LANES) {
            lanes16 rows[LANES];
            for (int h = 0; h < LANES; h++) rows[h] = LANES_AT(block + h * stride + column);
            subtract_above(top, matrix + top, matrix + column, stride, rows);
            KINDRED_UNROLLED
            for (int p = 0; p < LANES; p++) {
                if (column == top) {
                    const float pivot = rows[p][p];
                    if (p < height && !(pivot > 0)) return top + p + 1;
                    inverses[p] = 1 / sqrtf(pivot);
                }
                rows[p] *= inverses[p];
                KINDRED_UNROLLED
                for (int h = p + 1; h < LANES; h++)
                    rows[h] -= (column == top ? rows[p][h] : block[p * stride + top + h]) * rows[p];
            }
            for (int h = 0; h < height; h++) LANES_AT(block + h * stride + column) = rows[h];
        }
    }
    return 0;
}

// 1 / R[p, p] for the rows of a block.
static inline __attribute__((always_inline)) void invert_diagonal(
    const float *block, int64_t stride, lanes16 *inverses)
{
    for (int p = 0; p < LANES; p++) (*inverses)[p] = block[p * (stride + 1)];
    *inverses = 1 / *inverses;
}

KINDRED_CLONES void kindred_solve_transposed(int64_t order, const float *factor, int64_t stride, float *x)
{
    for (int64_t top = 0; top < order; top += LANES) {
        const float *block = factor + top * stride;
        lanes16 inverses;
        invert_diagonal(block + top, stride, &inverses);
        lanes16 rest = LANES_AT(x + top), solved = {0};
        KINDRED_UNROLLED
        for (int p = 0; p < LANES; p++) {
            // Lanes up to p are finished, so overwriting them here is harmless.
            solved[p] = rest[p] * inverses[p];
            rest -= solved[p] * LANES_AT(block + p * stride + top);
        }
        LANES_AT(x + top) = solved;
        for (int64_t column = top + LANES; column < order; column += LANES) {
            lanes16 sums = LANES_AT(x + column);
            KINDRED_UNROLLED
            for (int p = 0; p < LANES; p++) sums -= solved[p] * LANES_AT(block + p * stride + column);
            LANES_AT(x + column) = sums;
        }
    }
}

KINDRED_CLONES void kindred_solve(int64_t order, const float *factor, int64_t stride, float *x)
{
    for (int64_t top = (order - 1) / LANES * LANES; top >= 0; top -= LANES) {
        const float *block = factor + top * stride;
        const int64_t height = order - top < LANES ? order - top : LANES;
        lanes16 inverses;
        invert_diagonal(block + top, stride, &inverses);
        lanes16 rest = LANES_AT(x + top), solved = {0};
        KINDRED_UNROLLED
        for (int p = 0; p < LANES; p++) {
            lanes16 sums = {0};
            for (int64_t column = top + LANES; column < order; column += LANES)
                sums += LANES_AT(block + p * stride + column) * LANES_AT(x + column);
            for (int width = LANES / 2; width > 0; width /= 2)
                for (int lane = 0; lane < width; lane++) sums[lane] += sums[lane + width];
            rest[p] -= sums[0];
        }
        KINDRED_UNROLLED
        for (int p = LANES - 1; p >= 0; p--) {
            if (p >= height) continue;
            solved[p] = rest[p] * inverses[p];
            lanes16 column;
            for (int h = 0; h < LANES; h++) column[h] = block[h * stride + top + p];
            rest -= solved[p] * column;
        }
        LANES_AT(x + top) = solved;
    }
}
