#pragma once

#include <stdint.h>

enum { LANES = 16 };

/// Sixteen floats with the alignment of one; the compiler cuts them to what the processor has.
typedef float lanes16 __attribute__((vector_size(64), aligned(4)));

typedef float lanes4 __attribute__((vector_size(16), aligned(4)));

/// The sixteen floats from a place on. A macro, for a function would need one form of argument for all processors.
#define LANES_AT(place) (*(lanes16 *)(place))

#define KINDRED_UNROLLED _Pragma("clang loop unroll(full)")
