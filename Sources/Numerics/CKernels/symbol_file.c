#define _GNU_SOURCE // dladdr; kept out of the headers, where it would change the system's types for every importer.
#include "symbol_file.h"

#include <dlfcn.h>

const char *kindred_symbol_file(const void *symbol)
{
    Dl_info info;
    return dladdr(symbol, &info) ? info.dli_fname : 0;
}
