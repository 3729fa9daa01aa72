#include "moments.h"
#include "clones.h"

KINDRED_CLONES void kindred_add_cross(
    int64_t rows, int64_t columns, int64_t rank, const float *left, const float *right, double *restrict cross)
{
    for (int64_t row = 0; row < rows; row++) {
        const float *a = left + row * columns, *b = right + row * columns;
        for (int64_t i = 0; i < rank; i++)
            for (int64_t j = 0; j < rank; j++) cross[i * rank + j] += (double)a[i] * b[j];
    }
}

KINDRED_CLONES void kindred_rotate(
    int64_t rows, int64_t columns, int64_t rank, float *restrict matrix, const double *restrict rotation,
    double *restrict work)
{
    for (int64_t row = 0; row < rows; row++) {
        float *x = matrix + row * columns;
        for (int64_t j = 0; j < rank; j++) work[j] = 0;
        for (int64_t i = 0; i < rank; i++)
            for (int64_t j = 0; j < rank; j++) work[j] += x[i] * rotation[i * rank + j];
        for (int64_t j = 0; j < rank; j++) x[j] = (float)work[j];
    }
}

KINDRED_CLONES void kindred_add_outer(
    int64_t rows, int64_t order, const float *restrict vectors, float *restrict matrices)
{
    for (int64_t row = 0; row < rows; row++) {
        const float *v = vectors + row * order;
        float *matrix = matrices + row * order * order;
        for (int64_t i = 0; i < order; i++)
            for (int64_t j = 0; j < order; j++) matrix[i * order + j] += v[i] * v[j];
    }
}
