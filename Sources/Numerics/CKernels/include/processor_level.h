#pragma once

/// The generation of instructions that the clones of the kernels run with here: "x86-64-v4", "x86-64-v3" or "x86-64", and on other
/// processors the name of their architecture.
const char *kindred_processor_level(void);
