// Only reading is used: zip, tar, 7z, and lone compressed files.
#include <archive.h>
#include <archive_entry.h>
