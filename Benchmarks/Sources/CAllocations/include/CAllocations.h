#pragma once

/// How many blocks of memory this process has asked for so far, by any thread; 0 where the C library is not glibc.
long allocation_count(void);
