// Only the real routines are used.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <lapacke.h>

/// The file that `spotrf` comes from, or null where the loader does not tell.
static inline const char *kindred_lapack_file(void)
{
    Dl_info info;
    return dladdr((void *)&LAPACK_GLOBAL(spotrf, SPOTRF), &info) ? info.dli_fname : 0;
}
