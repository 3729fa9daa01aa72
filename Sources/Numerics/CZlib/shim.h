// Only inflate is used, which verifies the checksums of gzip.
#include <zlib.h>
