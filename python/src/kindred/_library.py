"""The shared library: where it is, what its functions take, and its handles."""

from __future__ import annotations

import ctypes
import functools
import os
import sys
from ctypes import POINTER, Structure, c_char_p, c_double, c_int32, c_int64, c_void_p
from pathlib import Path
from typing import Any

INTERFACE = 2
"""The number of the interface that this package is written for."""

_FOLDER = Path(__file__).parent / "lib"


class CSRStruct(Structure):
    """`kindred_csr`."""

    keeps: object

    _fields_ = [
        ("rows", c_int64),
        ("columns", c_int64),
        ("entries", c_int64),
        ("offsets", c_void_p),
        ("indices", c_void_p),
        ("values", c_void_p),
        ("offset_bytes", c_int32),
        ("index_bytes", c_int32),
        ("value_bytes", c_int32),
    ]


class IDsStruct(Structure):
    """`kindred_ids`."""

    keeps: object

    _fields_ = [("count", c_int64), ("bytes", c_char_p), ("offsets", c_void_p)]


class SnapshotFigures(Structure):
    """`kindred_snapshot_figures`."""

    _fields_ = [
        ("users", c_int64),
        ("edges", c_int64),
        ("communities", c_int64),
        ("disconnected", c_int64),
        ("total_weight", c_double),
        ("modularity", c_double),
        ("stability", c_double),
    ]


class ModelFigures(Structure):
    """`kindred_model_figures`."""

    _fields_ = [
        ("users", c_int64),
        ("items", c_int64),
        ("rank", c_int64),
        ("restarts", c_int64),
        ("losses", c_int64),
        ("bytes", c_int64),
        ("mean", c_double),
        ("relevant", c_double),
        ("predicts", c_int32),
        ("ranks", c_int32),
        ("saves", c_int32),
    ]


class QueryStruct(Structure):
    """`kindred_query`."""

    _fields_ = [
        ("count", c_int64),
        ("users", c_void_p),
        ("ratings", POINTER(CSRStruct)),
        ("fold", c_int32),
        ("exclude_rated", c_int32),
        ("excluded", c_void_p),
        ("excluded_count", c_int64),
        ("allowed", c_void_p),
        ("allowed_count", c_int64),
    ]

    keeps: object


class CallPointer(c_void_p):
    """`kindred_call *`."""


_HANDLE, _CALL, _OUT, _TEXT, _ARRAY = c_void_p, CallPointer, POINTER(c_void_p), c_char_p, c_void_p
_COUNT = POINTER(c_int64)

FUNCTIONS: dict[str, tuple[list[Any], Any]] = {
    "kindred_call_make": ([], _CALL),
    "kindred_call_free": ([_CALL], None),
    "kindred_call_stop": ([_CALL], None),
    "kindred_call_progress": ([_CALL], c_double),
    "kindred_call_error": ([_CALL], c_char_p),
    "kindred_version": ([], c_char_p),
    "kindred_interface": ([], c_int32),
    "kindred_processor": ([], c_char_p),
    "kindred_ratings_make": (
        [POINTER(CSRStruct), POINTER(IDsStruct), POINTER(IDsStruct), _TEXT, _CALL, _OUT],
        c_int32,
    ),
    "kindred_ratings_free": ([_HANDLE], None),
    "kindred_graph_make": ([_HANDLE, _TEXT, _CALL, _OUT], c_int32),
    "kindred_graph_free": ([_HANDLE], None),
    "kindred_graph_size": ([_HANDLE, _COUNT, _COUNT], c_int32),
    "kindred_graph_neighbors": ([_HANDLE, _ARRAY, _ARRAY, _ARRAY, _ARRAY], c_int32),
    "kindred_search_make": ([_HANDLE, _TEXT, _CALL, _OUT], c_int32),
    "kindred_search_free": ([_HANDLE], None),
    "kindred_search_nearest": (
        [_HANDLE, POINTER(CSRStruct), c_int64, _TEXT, _CALL, _ARRAY, _ARRAY, _ARRAY],
        c_int32,
    ),
    "kindred_snapshot_make": ([_HANDLE, _TEXT, _CALL, _OUT], c_int32),
    "kindred_snapshot_free": ([_HANDLE], None),
    "kindred_snapshot_figures_of": ([_HANDLE, POINTER(SnapshotFigures)], c_int32),
    "kindred_snapshot_labels": ([_HANDLE, _ARRAY], c_int32),
    "kindred_snapshot_edges": ([_HANDLE, _ARRAY, _ARRAY, _ARRAY, _ARRAY], c_int32),
    "kindred_snapshot_write": ([_HANDLE, _TEXT, _TEXT, _TEXT, _CALL], c_int32),
    "kindred_snapshot_write_file": ([_HANDLE, _TEXT, _TEXT, _TEXT, _CALL], c_int32),
    "kindred_model_fit": ([_TEXT, _HANDLE, _TEXT, _CALL, _OUT], c_int32),
    "kindred_model_free": ([_HANDLE], None),
    "kindred_model_figures_of": ([_HANDLE, POINTER(ModelFigures)], c_int32),
    "kindred_model_losses": ([_HANDLE, _ARRAY], c_int32),
    "kindred_model_vectors": ([_HANDLE, c_int32, c_int64, _ARRAY, _ARRAY], c_int32),
    "kindred_model_fold": ([_HANDLE, POINTER(CSRStruct), c_int64, _TEXT, _CALL, _ARRAY, _ARRAY], c_int32),
    "kindred_model_recommend": ([_HANDLE, POINTER(QueryStruct), c_int64, _TEXT, _CALL, _ARRAY, _ARRAY], c_int32),
    "kindred_model_predict": ([_HANDLE, c_int64, _ARRAY, _ARRAY, _TEXT, _CALL, _ARRAY, _ARRAY], c_int32),
    "kindred_model_explain": (
        [_HANDLE, c_int32, c_int32, POINTER(CSRStruct), _CALL, c_int64, _COUNT, _ARRAY, _ARRAY, _ARRAY],
        c_int32,
    ),
    "kindred_model_save": ([_HANDLE, _TEXT, _CALL], c_int32),
    "kindred_model_load": ([_TEXT, _HANDLE, _CALL, _OUT], c_int32),
    "kindred_compare": ([_HANDLE, _TEXT, _TEXT, _CALL, _OUT], c_int32),
    "kindred_comparison_free": ([_HANDLE], None),
    "kindred_comparison_text": ([_HANDLE, c_int32, POINTER(c_char_p), _COUNT], c_int32),
}
"""The types of the arguments and of the result of every function."""


@functools.cache
def library() -> Any:
    """The library, loaded once.

    Raises:
        OSError: if it is missing, cannot be loaded, or has another interface.
    """
    path = os.environ.get("KINDRED_LIBRARY") or _FOLDER / ("libkindred.dylib" if sys.platform == "darwin" else "libkindred.so")
    if not os.path.exists(path):
        raise OSError(
            f"{path} is missing; install a wheel of kindred for this system, or set KINDRED_LIBRARY to a library that was built"
        )
    loaded = ctypes.CDLL(os.fspath(path))
    try:
        for name, (arguments, result) in FUNCTIONS.items():
            function = getattr(loaded, name)
            function.argtypes, function.restype = arguments, result
    except AttributeError as error:
        raise OSError(f"{path} is not a library of this version of kindred: {error}") from error
    if loaded.kindred_interface() != INTERFACE:
        raise OSError(
            f"{path} has interface {loaded.kindred_interface()}, this package needs {INTERFACE}; install both of one version"
        )
    return loaded


def version() -> str:
    """The version of the library."""
    return str(library().kindred_version().decode())


def processor() -> dict[str, str]:
    """What the last bits of results depend on besides the input: processor, BLAS and its core."""
    lines = library().kindred_processor().decode().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


class Handle:
    """An object inside the library, freed with this one."""

    def __init__(self, kind: str) -> None:
        self._as_parameter_ = c_void_p()
        self._free = getattr(library(), f"kindred_{kind}_free")
        self._process = os.getpid()

    @property
    def out(self) -> Any:
        """Where a function puts the object."""
        return ctypes.byref(self._as_parameter_)

    def __reduce__(self) -> Any:
        raise TypeError("what the library holds cannot leave its process; write it to a file, or compute it anew there")

    def __del__(self) -> None:
        # A forked child has only a copy, and whoever held locks of the library is not there to give them back.
        if getattr(self, "_free", None) and self._as_parameter_ and self._process == os.getpid():
            self._free(self)
