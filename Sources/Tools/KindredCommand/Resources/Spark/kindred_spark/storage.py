"""Files that are written through pyarrow, on whatever file system an address names."""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.fs

from .errors import KindredError


def filesystem(uri: str) -> tuple[pyarrow.fs.FileSystem, str]:
    """The file system of a URI, and the path there."""
    try:
        return pyarrow.fs.FileSystem.from_uri(re.sub(r"^s3[an]:", "s3:", uri))
    except (pa.ArrowException, OSError) as error:
        raise KindredError(f"{uri}: pyarrow cannot write there ({error}): use a folder of file, s3, gs or hdfs") from None


def absolute(path: str) -> str:
    """A path that driver and executors understand alike: paths without a scheme are files."""
    return path if re.match(r"^\w[\w+.-]*:", path) else "file://" + os.path.abspath(path)


class ArrayFile:
    """A file that is written as its bytes come: beside its place, where it is moved at the end if the file system can."""

    def __init__(self, folder: str, name: str, shape: list[int], dtype: str) -> None:
        self.system, path = filesystem(folder)
        self.path, self.shape, self.dtype, self.hash = f"{path}/{name}", shape, dtype, hashlib.sha256()
        moves = self.system.type_name in ("local", "hdfs")
        self.written_path = f"{self.path}.partial" if moves else self.path
        self.system.create_dir(path, recursive=True)
        self.stream = self.system.open_output_stream(self.written_path)
        if name.endswith(".npy"):
            sizes = ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")
            text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({sizes}), }}"
            text += " " * (63 - (len(text) + 10) % 64) + "\n"
            self.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode())

    def write(self, data: Any) -> None:
        """Adds bytes."""
        self.hash.update(data)
        self.stream.write(data)

    def close(self) -> dict[str, object]:
        """The description of the file, which is then at its place."""
        self.stream.close()
        if self.written_path != self.path:
            self.system.move(self.written_path, self.path)
        return {"shape": self.shape, "dtype": self.dtype, "sha256": self.hash.hexdigest()}


def write_json(folder: str, name: str, content: Mapping[str, object]) -> None:
    """A file with sorted keys."""
    file = ArrayFile(folder, name, [], "utf8")
    file.write((json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode())
    file.close()


def write_text(folder: str, name: str, text: str) -> str:
    """Writes a file and returns its SHA-256."""
    file = ArrayFile(folder, name, [], "utf8")
    file.write(text.encode())
    return file.close()["sha256"]
