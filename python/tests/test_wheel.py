"""A wheel brings all that its library loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import kindred

PACKAGE = Path(kindred.__file__).parent
BROUGHT = PACKAGE.parent / "kindred.libs"
SYSTEM = ("libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "ld-linux", "libgcc_s.so", "libstdc++.so", "libz.so")


def test_every_library_is_of_the_wheel_or_of_every_system() -> None:
    if not BROUGHT.exists():
        pytest.skip("kindred is not installed from a wheel of script/wheel")
    code = """
    import ctypes, hashlib, ssl, numpy, scipy.linalg, scipy.sparse
    def mapped():
        with open("/proc/self/maps") as maps:
            return {line.split()[-1] for line in maps if ".so" in line}
    before = mapped()
    import kindred
    kindred.version()
    print(*sorted(mapped() - before), sep="\\n")
    """
    lines = "\n".join(line[4:] for line in code.splitlines())
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True, timeout=60)
    loaded = [Path(line) for line in done.stdout.split()]
    brought = [path for path in loaded if BROUGHT in path.parents]
    assert any(path.name.startswith("libopenblas") for path in brought)
    modules = [path for path in loaded if "lib-dynload" in path.parts or ".cpython-" in path.name]
    others = [path for path in loaded if path not in brought and path not in modules and PACKAGE not in path.parents]
    assert [path for path in others if not path.name.startswith(SYSTEM)] == []
