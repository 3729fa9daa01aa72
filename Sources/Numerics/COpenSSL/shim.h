// Only the checksums are used, with and without a key.
#include <openssl/evp.h>
#include <openssl/hmac.h>
