// What is put in the place of parts of libarchive in script/lib/bundle.sh.
#include <stdlib.h>
#include <sys/random.h>

// Writes a kind of archive that nobody asks for, by libxml2 and ICU; libarchive names it in functions that Kindred never calls.
int archive_write_set_format_xar(void *archive) {
    (void)archive;
    return -30; // ARCHIVE_FATAL
}

// glibc has it since 2.36 only, and its name would keep the whole from older systems.
void arc4random_buf(void *bytes, size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t added = getrandom((char *)bytes + done, count - done, 0);
        if (added < 0) abort();
        done += (size_t)added;
    }
}
