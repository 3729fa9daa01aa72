# What a program or library takes along to a system that lacks its libraries. Source it from the root.

# Debian's libarchive loads libxml2 and ICU, 35 MB, for a kind of archive that nobody asks for. Its static library is linked anew
# into FOLDER, as a shared one that has only what BINARY calls, and needs no later C library than the rest.
# Usage: slim_archive FOLDER BINARY
slim_archive() {
    local folder=$1 binary=$2 library names
    library=$(ldd "$binary" | awk '$1 ~ /^libarchive\./ { print $3 }')
    names=$(nm --dynamic --undefined-only "$binary" | grep -oE '\<archive_\w+' | sort -u)
    mkdir -p "$folder"
    printf '{ global: %s local: *; };\n' "$(sed 's/$/;/' <<<"$names")" >"$folder/exports"
    # shellcheck disable=SC2046 # words are split where they should be
    clang -shared -fPIC -o "$folder/${library##*/}" script/lib/slim_archive.c -Wl,-soname,"${library##*/}" \
        -Wl,--gc-sections,--as-needed,-z,defs,--version-script="$folder/exports" $(sed 's/^/-Wl,-u,/' <<<"$names") \
        "$(pkg-config --variable=libdir libarchive)/libarchive.a" $(ldd "$library" | awk '$2 == "=>" { print $3 }')
    strip "$folder/${library##*/}"
}

# The libraries that BINARY… load and a bare system lacks, as lines of name and file; those in FOLDER go before the system's. The C
# and C++ libraries are not among them: they must be as new as the system's own, and apt itself needs them.
# Usage: loaded_libraries FOLDER BINARY…
loaded_libraries() {
    local folder=$1 binary && shift
    for binary; do
        LD_LIBRARY_PATH=$folder ldd "$binary" | awk '$2 == "=>" { print $1, $3 }'
    done | sort -u | grep -vE '^(libc|libm|libstdc\+\+|libgcc_s|libdl|libpthread|librt)\.so'
}

# The Debian package that a file belongs to, under whichever of its names.
package_of() {
    local file found
    file=$(realpath "$1")
    dpkg-query --search "*/${file##*/}" | while read -r found; do
        if [ "${found##*: }" -ef "$file" ]; then echo "${found%%:*}" && break; fi
    done
}
