// Only the checksums are used.
#include <openssl/evp.h>
