#pragma once

/// Compiles a function once per x86 vector generation; the loader picks the widest one the processor supports.
///
/// Swift compiles for a platform's baseline processor and has no such attribute; hence these loops are in C.
/// Under a sanitizer there is one version: the loader chooses among clones before the sanitizer has set up its memory.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KINDRED_SANITIZED
#endif
#endif

#if defined(__x86_64__) && defined(__ELF__) && !defined(KINDRED_SANITIZED)
#define KINDRED_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KINDRED_CLONES
#endif
