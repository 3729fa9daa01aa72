"""What the figures were measured on. Nothing here names the machine itself or its folders."""

import os
import platform
import re
import subprocess
from functools import cache
from pathlib import Path

from . import processes


@cache
def version(package: str) -> str:
    """The version of a peer's package, or kindred's with its commit."""
    if package != "kindred":
        from importlib import metadata

        return metadata.version(package)
    program = output(str(processes.KINDRED), "--version")
    commit = output("git", "-C", str(processes.REPOSITORY), "rev-parse", "--short", "HEAD")
    return f"{program} {commit}".strip()


def output(*command: str) -> str:
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else ""


def cpu() -> str:
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    found = re.search(r"model name\s*:\s*(.+)", info)
    return found.group(1) if found else platform.processor() or platform.machine()


def slug() -> str:
    """The CPU's model as a folder name."""
    words = re.sub(r"\((R|TM|tm|r)\)|CPU|Processor", " ", cpu())
    return re.sub(r"[^a-z0-9.]+", "-", words.lower()).strip("-")


def facts() -> dict[str, str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    blas = processes.call("machine.blas")
    return {
        "CPU": f"{cpu()}, {os.cpu_count()} cores, {memory:.0f} GB of memory",
        "System": platform_name(),
        "BLAS of kindred": blas["kindred"],
        "BLAS of numpy and scipy": blas["python"],
        "Threads": f"{processes.THREADS} for every program; BLAS 1 inside kindred and implicit, which run their own",
        "kindred": version("kindred"),
        "Swift": (re.search(r"Swift version \S+", output("swift", "--version")) or [""])[0],
        "Python": platform.python_version(),
    }


def platform_name() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()


# In a process of its own


def blas() -> dict:
    import ctypes
    import ctypes.util

    import numpy  # noqa: F401: loads the BLAS that is asked after
    import scipy.linalg  # noqa: F401
    import threadpoolctl

    python = {
        f"OpenBLAS {pool['version']} ({pool['architecture']})"
        for pool in threadpoolctl.threadpool_info() if pool["internal_api"] == "openblas"}
    name = ctypes.util.find_library("openblas")
    kindred = "not found"
    if name:
        library = ctypes.CDLL(name)
        library.openblas_get_config.restype = library.openblas_get_corename.restype = ctypes.c_char_p
        kindred = f"{library.openblas_get_config().decode()} ({library.openblas_get_corename().decode()})"
    return {"kindred": kindred, "python": ", ".join(sorted(python))}
