# Bare systems to try things in; source it from the root. Needs root.

skip() { printf 'Skipping %s\n' "$*" >&2; }

# Makes a minimal system, once. Its folder has the name of its suite. Usage: make_root FOLDER [OPTION OF debootstrap…]
make_root() {
    local folder=$1 suite=${1##*/} roots=${1%/*} && shift
    [ ! -x "$folder/bin/sh" ] || return 0
    command -v debootstrap >/dev/null || { skip "$suite: apt-get install debootstrap" && return 1; }
    echo "Making a minimal $suite …" >&2
    mkdir -p "$roots"
    rm -rf "$roots/.$suite"
    debootstrap --variant=minbase "$@" "$suite" "$roots/.$suite" >"$roots/$suite.log" 2>&1 ||
        { skip "$suite: debootstrap failed; $roots/$suite.log says why." && return 1; }
    mv "$roots/.$suite" "$folder"
}

# Runs a command in a system, with a /proc that goes with the command.
inside() {
    local root=$1 && shift
    exec unshare --mount bash -c 'mount -t proc proc "$1/proc" && exec chroot "$@"' - "$root" "$@"
}
