#include "gramian.h"
#include "clones.h"
#include "lanes16.h"

KINDRED_CLONES void kindred_products(
    int64_t lines, const int32_t *rows, const float *source, int64_t columns, int64_t biased, const float *w,
    float *products)
{
    const int64_t factors = biased ? columns - 1 : columns;
    for (int64_t line = 0; line < lines; line++) {
        const float *x = source + rows[line] * columns;
        lanes16 sums = {0};
        int64_t column = 0;
        for (; column + LANES <= factors; column += LANES) sums += LANES_AT(x + column) * LANES_AT(w + column);
        for (int width = LANES / 2; width > 0; width /= 2)
            for (int lane = 0; lane < width; lane++) sums[lane] += sums[lane + width];
        float product = sums[0];
        for (; column < factors; column++) product += x[column] * w[column];
        products[line] = biased ? product + w[factors] + x[factors] : product;
    }
}

enum { AHEAD = 4 };

KINDRED_CLONES double kindred_gather(
    int64_t lines, const int32_t *rows, const float *scales, const float *targets, const float *source,
    int64_t columns, int64_t biased, float *panel, int64_t stride)
{
    double squares = 0;
    for (int64_t line = 0; line < lines; line++) {
        const float *from = source + rows[line] * columns;
        // The rows are scattered, so the hardware prefetcher cannot predict them.
        const float *next = source + rows[line + AHEAD < lines ? line + AHEAD : line] * columns;
        for (int64_t column = 0; column < columns; column += LANES) __builtin_prefetch(next + column);
        float *to = panel + line * stride;
        const float scale = scales[line];
        int64_t column = 0;
        for (; column + LANES <= columns; column += LANES) LANES_AT(to + column) = scale * LANES_AT(from + column);
        for (; column + 4 <= columns; column += 4) *(lanes4 *)(to + column) = scale * *(const lanes4 *)(from + column);
        for (; column < columns; column++) to[column] = scale * from[column];
        if (biased) to[columns - 1] = scale;
        to[columns] = scale * (biased ? targets[line] - from[columns - 1] : targets[line]);
        squares += (double)to[columns] * to[columns];
    }
    return squares;
}

// target[h, v] += Σ_l left[l, h] · right[l, v] for one block; its sums stay in registers over all lines.
static inline __attribute__((always_inline)) void add_block(
    const int height, const int width, int64_t lines, const float *left, const float *right, int64_t stride,
    float *target)
{
    lanes16 sums[height][width];
    for (int h = 0; h < height; h++)
        for (int v = 0; v < width; v++) sums[h][v] = LANES_AT(target + h * stride + v * LANES);
    for (int64_t line = 0; line < lines; line++) {
        for (int h = 0; h < height; h++)
            for (int v = 0; v < width; v++)
                sums[h][v] += left[line * stride + h] * LANES_AT(right + line * stride + v * LANES);
    }
    for (int h = 0; h < height; h++)
        for (int v = 0; v < width; v++) LANES_AT(target + h * stride + v * LANES) = sums[h][v];
}

// The same for a row of blocks, up to the last column needed.
static inline __attribute__((always_inline)) void add_rows(
    const int height, int64_t columns, int64_t lines, const float *left, const float *panel, int64_t stride,
    float *target)
{
    int64_t column = 0;
    for (; column + 4 * LANES <= columns; column += 4 * LANES)
        add_block(height, 4, lines, left, panel + column, stride, target + column);
    for (; column < columns; column += LANES)
        add_block(height, 1, lines, left, panel + column, stride, target + column);
}

// The same for sixteen rows of one block, a third at a time: with sixteen registers of eight floats, more sums would
// spill.
static inline __attribute__((always_inline)) void add_square(
    int64_t lines, const float *left, const float *right, int64_t stride, float *target)
{
    add_block(6, 1, lines, left, right, stride, target);
    add_block(5, 1, lines, left + 6, right, stride, target + 6 * stride);
    add_block(5, 1, lines, left + 11, right, stride, target + 11 * stride);
}

// Whether sixteen floats are one register, of which there are thirty-two.
static inline int registers_are_wide(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("x86-64-v4") != 0;
#else
    return 0;
#endif
}

// The same for sixteen rows of some blocks. As many sums as there are steps of a sum in flight, two a cycle, keep wide
// registers busy: at least eight, and sixteen need the fewest loads.
static inline __attribute__((always_inline)) void add_band(
    int64_t columns, int64_t lines, const float *left, const float *right, int64_t stride, float *target)
{
    if (!registers_are_wide()) {
        for (int64_t column = 0; column < columns; column += LANES)
            add_square(lines, left, right + column, stride, target + column);
        return;
    }
    int64_t column = 0;
    for (; column + 2 * LANES <= columns; column += 2 * LANES) {
        add_block(8, 2, lines, left, right + column, stride, target + column);
        add_block(8, 2, lines, left + 8, right + column, stride, target + 8 * stride + column);
    }
    for (; column < columns; column += LANES)
        add_block(LANES, 1, lines, left, right + column, stride, target + column);
}

KINDRED_CLONES void kindred_add_gramian(
    int64_t lines, int64_t order, const float *panel, int64_t stride, float *matrix)
{
    const int64_t full = order / LANES * LANES;
    for (int64_t row = 0; row < full; row += LANES)
        add_band(full - row, lines, panel + row, panel + row, stride, matrix + row * stride + row);
    // If order is a multiple of 16, only the right-hand side is left, and its square is not needed.
    const int64_t columns = order > full ? full + LANES : full;
    if (order - full >= 8) {
        add_band(columns, lines, panel + full, panel, stride, matrix + full * stride);
        return;
    }
    int64_t row = full;
    for (; row + 4 <= order + 1; row += 4)
        add_rows(4, columns, lines, panel + row, panel, stride, matrix + row * stride);
    for (; row + 2 <= order + 1; row += 2)
        add_rows(2, columns, lines, panel + row, panel, stride, matrix + row * stride);
    for (; row <= order; row++) add_rows(1, columns, lines, panel + row, panel, stride, matrix + row * stride);
}

void kindred_fold_gramian(int64_t order, float *matrix, int64_t stride)
{
    const int64_t full = order / LANES * LANES;
    for (int64_t row = 0; row < full; row++)
        for (int64_t column = full; column < order; column++)
            matrix[row * stride + column] += matrix[column * stride + row];
}
