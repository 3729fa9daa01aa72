"""The process of one measurement: calls a function by name and leaves its result in a file."""

import importlib
import json
import re
import sys
from pathlib import Path


def peak_bytes() -> int:
    """The most memory that this process has held at once."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024


def main() -> None:
    result, function, arguments = sys.argv[1:]
    module, name = function.rsplit(".", 1)
    value = getattr(importlib.import_module(f"peers.{module}"), name)(*json.loads(arguments))
    Path(result).write_text(json.dumps({**value, "peak_bytes": peak_bytes()}))


if __name__ == "__main__":
    main()
