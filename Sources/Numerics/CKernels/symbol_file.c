#define _GNU_SOURCE // For dladdr. Not in a header, where it would change system types for every importer.
#include "symbol_file.h"

#include <dlfcn.h>

const char *kindred_symbol_file(const void *symbol)
{
    Dl_info info;
    return dladdr(symbol, &info) ? info.dli_fname : 0;
}
