// Swift implements the functions, in KindredC; a C compiler reads the header here.
#include "kindred.h"
