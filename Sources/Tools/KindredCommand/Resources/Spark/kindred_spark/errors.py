"""What can go wrong."""

from __future__ import annotations


class KindredError(Exception):
    """A fault of the input, the options or the cluster, in one line with a remedy."""


class WorkerError(RuntimeError):
    """A worker that failed, with its exit code and the last line of its messages."""
