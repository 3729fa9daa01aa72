#pragma once

/// The file that a symbol was loaded from, or null where the loader does not tell.
const char *kindred_symbol_file(const void *symbol);
