#pragma once

#include <stdint.h>

enum { LANES = 16 };

/// Sixteen floats with the alignment of one; the compiler splits them to the processor's vector width.
typedef float lanes16 __attribute__((vector_size(64), aligned(4)));

typedef float lanes4 __attribute__((vector_size(16), aligned(4)));

/// The sixteen floats at an address. A macro, since a function would fix one calling convention for all processors.
#define LANES_AT(place) (*(lanes16 *)(place))

#define KINDRED_UNROLLED _Pragma("clang loop unroll(full)")
