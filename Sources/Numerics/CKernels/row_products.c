#include "row_products.h"
#include "clones.h"

#include <string.h>

// Sixty-four bytes with the alignment of their elements; the compiler splits them to the processor's vector width.
#define VECTOR(Element, count) Element __attribute__((vector_size(sizeof(Element) * (count)), aligned(sizeof(Element))))
typedef VECTOR(uint16_t, 32) integers;
typedef VECTOR(float, 32) wide_floats;
typedef VECTOR(float, 16) floats;
typedef VECTOR(double, 8) doubles;
typedef VECTOR(int32_t, 16) float_mask;
typedef VECTOR(int64_t, 8) double_mask;
typedef _Bool float_bits __attribute__((ext_vector_type(16)));
typedef _Bool double_bits __attribute__((ext_vector_type(8)));

// The sums of a row stay in registers over its entries: per entry one load of a column and one of a value, per vector
// one product with memory.
KINDRED_CLONES void kindred_multiply_lanes_integer(
    intptr_t firstRow, intptr_t endRow, const intptr_t *starts, const intptr_t *ends, const int32_t *columns,
    const uint16_t *values, intptr_t longest, const uint16_t *panel, intptr_t panelStart, int adds, float *sums)
{
    enum { width = 32, vectors = KINDRED_LANES / width };
    for (intptr_t row = firstRow; row < endRow; row++) {
        if (adds && starts[row] == ends[row]) continue;
        wide_floats *target = (wide_floats *)(sums + (row - firstRow) * KINDRED_LANES);
        intptr_t entry = starts[row];
        int isFirst = !adds;
        do {
            intptr_t end = ends[row] - entry < longest ? ends[row] : entry + longest;
            integers piece[vectors] = {0};
            for (; entry < end; entry++) {
                const integers *source = (const integers *)(panel + panelStart + (intptr_t)columns[entry] * KINDRED_LANES);
                for (int v = 0; v < vectors; v++) piece[v] += values[entry] * source[v];
            }
            for (int v = 0; v < vectors; v++) {
                wide_floats sum = __builtin_convertvector(piece[v], wide_floats);
                target[v] = isFirst ? sum : target[v] + sum;
            }
            isFirst = 0;
        } while (entry < ends[row]);
    }
}

// As many lanes at a time as sixteen registers of 32 bytes hold: a spilled sum would be loaded and stored for every
// entry.
#define MULTIPLY_LANES(Element, Vector)                                                                               \
    KINDRED_CLONES void kindred_multiply_lanes_##Element(                                                             \
        intptr_t firstRow, intptr_t endRow, const intptr_t *starts, const intptr_t *ends, const int32_t *columns,     \
        const Element *values, const Element *panel, intptr_t panelStart, int adds, Element *sums)                    \
    {                                                                                                                 \
        enum { width = 64 / sizeof(Element), vectors = 8 };                                                           \
        for (intptr_t row = firstRow; row < endRow; row++) {                                                          \
            if (adds && starts[row] == ends[row]) continue;                                                           \
            for (int lane = 0; lane < KINDRED_LANES; lane += vectors * width) {                                       \
                Vector *target = (Vector *)(sums + (row - firstRow) * KINDRED_LANES + lane);                          \
                Vector piece[vectors] = {0};                                                                          \
                if (adds)                                                                                             \
                    for (int v = 0; v < vectors; v++) piece[v] = target[v];                                           \
                for (intptr_t entry = starts[row]; entry < ends[row]; entry++) {                                      \
                    const Vector *source =                                                                            \
                        (const Vector *)(panel + panelStart + (intptr_t)columns[entry] * KINDRED_LANES + lane);       \
                    for (int v = 0; v < vectors; v++) piece[v] += values[entry] * source[v];                          \
                }                                                                                                     \
                for (int v = 0; v < vectors; v++) target[v] = piece[v];                                               \
            }                                                                                                         \
        }                                                                                                             \
    }

MULTIPLY_LANES(float, floats)
MULTIPLY_LANES(double, doubles)

#define ADD_TAIL(suffix, Element, Sum)                                                                          \
    intptr_t kindred_add_tail_##suffix(                                                                         \
        intptr_t entries, const int32_t *lanes, const Element *values, intptr_t *cursors, const intptr_t *ends,    \
        const int32_t *raters, const Element *raterValues, intptr_t firstRow, intptr_t endRow, Sum *sums)         \
    {                                                                                                           \
        intptr_t pairs = 0;                                                                                     \
        for (intptr_t t = 0; t < entries; t++) {                                                                 \
            intptr_t cursor = cursors[t];                                                                        \
            Sum *column = sums + lanes[t] - firstRow * KINDRED_LANES;                                           \
            for (; cursor < ends[t] && raters[cursor] < endRow; cursor++)                                       \
                column[(intptr_t)raters[cursor] * KINDRED_LANES] += (Sum)values[t] * (Sum)raterValues[cursor];   \
            pairs += cursor - cursors[t];                                                                       \
            cursors[t] = cursor;                                                                                \
        }                                                                                                       \
        return pairs;                                                                                           \
    }

ADD_TAIL(integer, uint16_t, float)
ADD_TAIL(float, float, float)
ADD_TAIL(double, double, double)

// Few sums reach a bound once the lists are full, so lanes are scanned only where one does.
#define FIND_REACHING(Element, Vector, Mask, Bits)                                                                    \
    KINDRED_CLONES intptr_t kindred_find_reaching_##Element(                                                    \
        intptr_t firstRow, intptr_t endRow, const Element *sums, const Element *rowNorms,                       \
        const Element *rowBounds, const Element *laneNorms, const Element *laneBounds, int32_t *found)          \
    {                                                                                                           \
        enum { width = 64 / sizeof(Element) };                                                                  \
        intptr_t count = 0;                                                                                     \
        for (intptr_t row = firstRow; row < endRow; row++) {                                                    \
            Vector rowBound = (Vector){0} + rowBounds[row - firstRow];                                          \
            Element rowNorm = rowNorms[row - firstRow];                                                         \
            for (int lane = 0; lane < KINDRED_LANES; lane += width) {                                           \
                intptr_t place = row * KINDRED_LANES + lane;                                                    \
                Vector bound = __builtin_elementwise_min(*(const Vector *)(laneBounds + lane), rowBound);       \
                Mask reaches = *(const Vector *)(sums + place)                                                  \
                    > bound * *(const Vector *)(laneNorms + lane) * rowNorm;                                    \
                if (!__builtin_reduce_or(reaches)) continue;                                                    \
                Bits bits = __builtin_convertvector(reaches, Bits);                                             \
                uint32_t rest = 0;                                                                              \
                memcpy(&rest, &bits, width / 8);                                                                \
                for (; rest; rest &= rest - 1) found[count++] = (int32_t)(place + __builtin_ctz(rest));         \
            }                                                                                                   \
        }                                                                                                       \
        return count;                                                                                           \
    }

FIND_REACHING(float, floats, float_mask, float_bits)
FIND_REACHING(double, doubles, double_mask, double_bits)
