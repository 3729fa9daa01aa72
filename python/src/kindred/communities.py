"""Communities of a similarity graph, and the edges between users."""

from __future__ import annotations

import ctypes
import os
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from . import _calls
from ._frames import Labels
from ._library import Handle, SnapshotFigures

_FORMATS = {".graphml": "graphml", ".gexf": "gexf", ".mtx": "matrixmarket"}


class Edges(NamedTuple):
    """The edges of a graph, each once, by ascending source and target."""

    sources: npt.NDArray[np.int32]
    """The lower index of each edge."""
    targets: npt.NDArray[np.int32]
    """The higher index of each edge."""
    weights: npt.NDArray[np.float32]
    """The similarities."""
    supports: npt.NDArray[np.int32]
    """The numbers of items that both rated."""


class Communities:
    """Communities of users; made by :meth:`kindred.SimilarityGraph.communities`.

    Attributes:
        labels: the community of each user, int32; communities are numbered from 0 by falling size.
        count: how many there are, those of a single user among them.
        modularity: Q at the resolution that was asked for.
        total_weight: the sum of the similarities of all edges.
        disconnected: how many communities are not connected inside; 0 with Leiden.
        stability: how well the seeds agree, the mean normalized mutual information; NaN where it was not asked for.
        users: the id of each user.
    """

    def __init__(self, graph: Handle, options: bytes, users: Labels, progress: str | None = None) -> None:
        self.users = users
        self._handle = Handle("snapshot")
        _calls.run("snapshot_make", graph, options, self._handle.out, progress=progress)
        figures = SnapshotFigures()
        _calls.run("snapshot_figures_of", self._handle, ctypes.byref(figures))
        self.labels: npt.NDArray[np.int32] = np.empty(figures.users, dtype=np.int32)
        _calls.run("snapshot_labels", self._handle, self.labels)
        self.count = int(figures.communities)
        self.modularity = float(figures.modularity)
        self.total_weight = float(figures.total_weight)
        self.disconnected = int(figures.disconnected)
        self.stability = float(figures.stability)
        self._edge_count = int(figures.edges)

    @cached_property
    def edges(self) -> Edges:
        """The edges of the graph that the communities were found in."""
        count = self._edge_count
        edges = Edges(
            np.empty(count, dtype=np.int32),
            np.empty(count, dtype=np.int32),
            np.empty(count, dtype=np.float32),
            np.empty(count, dtype=np.int32),
        )
        _calls.run("snapshot_edges", self._handle, *edges)
        return edges

    def members(self, community: int) -> Labels:
        """The ids of the users of a community."""
        if not 0 <= community < self.count:
            raise IndexError(f"community {community} of {self.count}; they are numbered from 0")
        members: npt.NDArray[Any] = self.users[self.labels == community]
        return members

    def write(self, path: str | os.PathLike[str], format: str | None = None) -> None:
        """Writes graph and communities; see :meth:`kindred.SimilarityGraph.write`."""
        location, encoded = os.fspath(path), _calls.path_bytes(path)
        suffix = os.path.splitext(location)[1].lower()
        if not suffix or os.path.isdir(location):
            _calls.run("snapshot_write", self._handle, encoded, (format or "csv,graphml").encode(), b"")
            return
        one = format or _FORMATS.get(suffix)
        if one is None:
            raise ValueError(f"{location} does not say its format; end it in {', '.join(_FORMATS)}, or name a folder")
        _calls.run("snapshot_write_file", self._handle, encoded, one.encode(), b"")

    def __repr__(self) -> str:
        return f"Communities({self.count} of {len(self.labels)} users, modularity {self.modularity:.6f})"
