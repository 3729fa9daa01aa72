// Only the real routines are used.
#include <lapacke.h>
