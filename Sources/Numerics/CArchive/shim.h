// Used for reading zip, tar, 7z and lone compressed files, and for writing zip and tar.
#include <archive.h>
#include <archive_entry.h>
