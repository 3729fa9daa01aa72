#pragma once

/// The instruction set level of the kernel clones in use: "x86-64-v4", "x86-64-v3" or "x86-64"; on other processors,
/// the architecture's name.
const char *kindred_processor_level(void);
