"""Names the platform of a wheel, which has the library in it."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PlatformTag(BuildHookInterface[Any]):
    """One wheel for every Python 3: the library knows nothing of Python."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Refuses a wheel without the library, unless it is an editable one, which finds it by KINDRED_LIBRARY."""
        if version == "editable":
            return
        if not list(Path(self.root, "src", "kindred", "lib").glob("libkindred.*")):
            raise FileNotFoundError("src/kindred/lib has no libkindred; script/wheel builds it and the wheel")
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
