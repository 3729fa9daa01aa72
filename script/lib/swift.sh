# Where the Swift toolchain lies that script/bootstrap brings, and which one it is. For the other scripts to source, so that they
# find it without a change to PATH. Where there is none, the one on PATH is used.

swift_version=6.3.1
swift_toolchain=${KINDRED_SWIFT_HOME:-${XDG_DATA_HOME:-$HOME/.local/share}/kindred-swift}/$swift_version

# The folder appears whole or not at all: script/lib/install-swift renames it into place.
if [ -x "$swift_toolchain/usr/bin/swift" ]; then
    PATH=$swift_toolchain/usr/bin:$PATH
fi
