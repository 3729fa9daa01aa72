#pragma once

/// Compiles a function for each generation of x86 vectors; the loader takes the widest that the processor has.
///
/// Swift compiles for the least processor of a platform and has no such attribute, which is why these loops are in C.
#if defined(__x86_64__) && defined(__ELF__)
#define KINDRED_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KINDRED_CLONES
#endif
