#pragma once

/// The file a symbol was loaded from, or null if unknown.
const char *kindred_symbol_file(const void *symbol);
