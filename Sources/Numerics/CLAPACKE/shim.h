// Only the real routines are used.
#include <lapacke.h>

/// The address of `spotrf`, to find the library it was loaded from.
static inline const void *kindred_spotrf_address(void)
{
    return (const void *)&LAPACK_GLOBAL(spotrf, SPOTRF);
}
