// What Swift's module Glibc leaves out.
#ifdef __linux__
#include <malloc.h>
#endif
