#pragma once

/// Compiles a function once per x86 vector generation; the loader picks the widest one the processor supports.
///
/// Swift compiles for a platform's baseline processor and has no such attribute; hence these loops are in C.
#if defined(__x86_64__) && defined(__ELF__)
#define KINDRED_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KINDRED_CLONES
#endif
