// Counts what a program asks of BLAS and LAPACK. Built as a shared object and loaded before all others (LD_PRELOAD), its
// functions stand before those of the libraries, count, and call them. At the end the counts are in the file KINDRED_COUNTS.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_llong sgemm_multiply_adds, dgemm_multiply_adds, factorizations;

#define COUNTING_GEMM(name, Element, counter)                                                                     \
    void name(                                                                                                    \
        int order, int transA, int transB, int m, int n, int k, Element alpha, const Element *a, int lda,         \
        const Element *b, int ldb, Element beta, Element *c, int ldc)                                             \
    {                                                                                                             \
        static void (*real)(                                                                                      \
            int, int, int, int, int, int, Element, const Element *, int, const Element *, int, Element, Element *, int); \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                                                \
        counter += (long long)m * n * k;                                                                          \
        real(order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);                                \
    }

COUNTING_GEMM(cblas_sgemm, float, sgemm_multiply_adds)
COUNTING_GEMM(cblas_dgemm, double, dgemm_multiply_adds)

void spotrf_(const char *uplo, const int *n, float *a, const int *lda, int *info, size_t length)
{
    static void (*real)(const char *, const int *, float *, const int *, int *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "spotrf_");
    factorizations++;
    real(uplo, n, a, lda, info, length);
}

__attribute__((destructor)) static void write_counts(void)
{
    const char *path = getenv("KINDRED_COUNTS");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(
        file, "{\"sgemm_multiply_adds\": %lld, \"dgemm_multiply_adds\": %lld, \"spotrf\": %lld}\n",
        (long long)sgemm_multiply_adds, (long long)dgemm_multiply_adds, (long long)factorizations);
    fclose(file);
}
