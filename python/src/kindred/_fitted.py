"""A fitted model: what it holds, and how it is saved and loaded."""

from __future__ import annotations

import ctypes
import io
import json
import os
import tempfile
from pathlib import Path
from typing import IO, Any, Union

import numpy as np
import numpy.typing as npt

from . import _calls
from ._frames import Labels
from ._library import Handle, ModelFigures
from ._matrices import CSR, check_offsets
from ._ratings import Ratings, encoded

File = Union[str, "os.PathLike[str]", IO[bytes]]
"""Where a model is saved: a path, or an open file."""

_FOLDER = "folder/"
"""What the names of the program's own files begin with inside a saved model."""


class Fitted:
    """A model in the library with its ratings, and the users who have other ratings by now."""

    def __init__(self, ratings: Ratings, model: Handle) -> None:
        self.ratings = ratings
        self.model = model
        self.updated: dict[int, CSR] = {}
        self.memory: dict[object, Any] = {}
        """What was computed from the model when it was asked for."""
        self.figures = ModelFigures()
        _calls.run("model_figures_of", model, ctypes.byref(self.figures))

    @classmethod
    def fit(cls, kind: str, ratings: Ratings, options: bytes, progress: str | None = None) -> Fitted:
        """Fits a model of the library."""
        model = Handle("model")
        _calls.run("model_fit", kind.encode(), ratings.handle, options, model.out, progress=progress)
        return cls(ratings, model)

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Writes the files of `kindred train`."""
        _calls.run("model_save", self.model, _calls.path_bytes(folder))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All that is needed to have the model again."""
        matrix = self.ratings.matrix
        arrays: dict[str, npt.NDArray[Any]] = {**_arrays("ratings", matrix)}
        for side, labels in (("users", self.ratings.users), ("items", self.ratings.items)):
            if labels is not None:
                texts, offsets = encoded(labels)
                arrays[f"{side}/texts"], arrays[f"{side}/offsets"] = np.frombuffer(texts, dtype=np.uint8), offsets
                arrays[f"{side}/numeric"] = np.array(labels.dtype.kind == "i")
        for user, row in self.updated.items():
            arrays.update(_arrays(f"updated/{user}", row))
        if self.figures.saves:
            with tempfile.TemporaryDirectory(prefix="kindred-") as folder:
                self.write(folder)
                for file in sorted(Path(folder).rglob("*")):
                    if file.is_file():
                        arrays[_FOLDER + file.relative_to(folder).as_posix()] = np.fromfile(file, dtype=np.uint8)
        return arrays

    @classmethod
    def of(cls, arrays: dict[str, npt.NDArray[Any]], kind: str, options: bytes) -> Fitted:
        """The model of some arrays; one that the program has no files for is fitted again.

        Raises:
            ValueError: for arrays that are not those of a model.
        """
        ratings = Ratings.of(_matrix("ratings", arrays), _labels("users", arrays), _labels("items", arrays))
        files = [name for name in arrays if name.startswith(_FOLDER)]
        if files:
            model = Handle("model")
            with tempfile.TemporaryDirectory(prefix="kindred-") as folder:
                for name in files:
                    path = Path(folder, name[len(_FOLDER) :])
                    if Path(folder).resolve() not in path.resolve().parents:
                        raise ValueError(f"{name} would be written outside of its folder; this is no saved model")
                    path.parent.mkdir(parents=True, exist_ok=True)
                    arrays[name].astype(np.uint8).tofile(path)
                _calls.run("model_load", _calls.path_bytes(folder), ratings.handle, model.out)
            fitted = cls(ratings, model)
        else:
            fitted = cls.fit(kind, ratings, options)
        for name in arrays:
            if name.startswith("updated/") and name.endswith("/offsets"):
                user = name.split("/")[1]
                fitted.updated[int(user)] = _matrix(f"updated/{user}", arrays)
        return fitted


def save(file: File, kind: str, parameters: dict[str, Any], fitted: Fitted | None) -> None:
    """Saves a model in NumPy's npz format."""
    head = json.dumps({"kind": kind, "parameters": parameters})
    arrays = {} if fitted is None else fitted.arrays()
    np.savez(file, model=np.frombuffer(head.encode(), dtype=np.uint8), **arrays)  # type: ignore[arg-type]


def read(file: File) -> tuple[str, dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """The kind, the parameters and the arrays of a saved model.

    Raises:
        ValueError: for another file.
        OSError: for one that cannot be read.
    """
    if not hasattr(file, "read"):
        path = os.fspath(file)
        file = path if path.endswith(".npz") or os.path.exists(path) else path + ".npz"
    try:
        with np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        head = json.loads(arrays.pop("model").tobytes())
        return head["kind"], head["parameters"], arrays
    except OSError:
        raise
    except Exception as error:
        raise ValueError(f"{file} is no model that kindred saved: {error}") from error


def to_bytes(kind: str, parameters: dict[str, Any], fitted: Fitted | None) -> bytes:
    """The same as `save`, for pickle."""
    buffer = io.BytesIO()
    save(buffer, kind, parameters, fitted)
    return buffer.getvalue()


def _arrays(name: str, matrix: CSR) -> dict[str, npt.NDArray[Any]]:
    return {
        f"{name}/shape": np.array(matrix.shape, dtype=np.int64),
        f"{name}/offsets": matrix.offsets,
        f"{name}/columns": matrix.columns[: matrix.entries],
        f"{name}/values": matrix.values[: matrix.entries],
    }


def _matrix(name: str, arrays: dict[str, npt.NDArray[Any]]) -> CSR:
    try:
        rows, columns = arrays[f"{name}/shape"].tolist()
        matrix = CSR((rows, columns), arrays[f"{name}/offsets"], arrays[f"{name}/columns"], arrays[f"{name}/values"])
    except (KeyError, ValueError) as error:
        raise ValueError(f"the saved model lacks {name}: {error}") from error
    check_offsets(rows, matrix.offsets, len(matrix.columns), len(matrix.values), name)
    return matrix


def _labels(side: str, arrays: dict[str, npt.NDArray[Any]]) -> Labels | None:
    if f"{side}/offsets" not in arrays:
        return None
    texts, offsets = arrays[f"{side}/texts"].tobytes(), arrays[f"{side}/offsets"].tolist()
    decoded = [texts[start:end].decode() for start, end in zip(offsets, offsets[1:])]
    if bool(arrays[f"{side}/numeric"]):
        return np.array(decoded, dtype=np.int64)
    labels = np.empty(len(decoded), dtype=object)
    labels[:] = decoded
    return labels
