#include "spread_products.h"

// Products are rounded before they are added, so that the sums equal those of a plain loop.
#pragma STDC FP_CONTRACT OFF

enum { TOGETHER = 4 };

// A row in progress: its next entry and end, the sum so far, and its place among the products.
typedef struct {
    intptr_t entry, end, place;
    double sum;
} row_sum;

static inline void begin(row_sum *row, intptr_t place, const int32_t *rows, const intptr_t *offsets)
{
    *row = (row_sum){.entry = offsets[rows[place]], .end = offsets[rows[place] + 1], .place = place};
}

static inline void add(
    row_sum *row, intptr_t steps, const int32_t *columns, const double *values, const double *spread)
{
    for (const intptr_t end = row->entry + steps; row->entry < end; row->entry++)
        row->sum += spread[columns[row->entry]] * values[row->entry];
}

void kindred_spread_products(
    intptr_t count, const int32_t *rows, const intptr_t *offsets, const int32_t *columns, const double *values,
    const double *spread, double *products)
{
    row_sum row[TOGETHER];
    intptr_t next = 0;
    int active = 0;
    for (; active < TOGETHER && next < count; active++, next++) begin(&row[active], next, rows, offsets);
    // Runs until the shortest row ends; the next row then takes its place.
    while (active == TOGETHER) {
        intptr_t steps = row[0].end - row[0].entry;
        for (int r = 1; r < TOGETHER; r++)
            if (row[r].end - row[r].entry < steps) steps = row[r].end - row[r].entry;
        double sums[TOGETHER];
        for (int r = 0; r < TOGETHER; r++) sums[r] = row[r].sum;
        for (intptr_t step = 0; step < steps; step++)
            for (int r = 0; r < TOGETHER; r++)
                sums[r] += spread[columns[row[r].entry + step]] * values[row[r].entry + step];
        for (int r = 0; r < TOGETHER; r++) {
            row[r].sum = sums[r];
            row[r].entry += steps;
            if (row[r].entry < row[r].end || active < TOGETHER) continue;
            products[row[r].place] = row[r].sum;
            if (next < count) {
                begin(&row[r], next++, rows, offsets);
            } else {
                row[r] = row[--active];
            }
        }
    }
    for (int r = 0; r < active; r++) {
        add(&row[r], row[r].end - row[r].entry, columns, values, spread);
        products[row[r].place] = row[r].sum;
    }
}
