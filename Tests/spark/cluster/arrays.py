"""What a cluster wrote, held to the bit against what one machine wrote."""

import json
from pathlib import Path

import numpy as np


def bits(array: np.ndarray) -> np.ndarray:
    """The bits of numbers, so that comparison knows of no rounding, and tells zeros by their sign."""
    array = np.ascontiguousarray(array)
    return array.view(f"u{array.dtype.itemsize}") if array.dtype.kind == "f" else array


def are_equal(first: np.ndarray, second: np.ndarray) -> bool:
    return first.shape == second.shape and first.dtype == second.dtype and np.array_equal(bits(first), bits(second))


def padded(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Neighbors, similarities and supports of one machine's graph, row after row; -1 fills up rows that have fewer than k."""
    neighbors, similarities = np.load(folder / "neighbors.npy"), np.load(folder / "neighbor_similarities.npy")
    is_kept = neighbors >= 0
    edges, supports = np.load(folder / "edges.npy").astype(np.int64), np.load(folder / "supports.npy")
    users = np.repeat(np.arange(len(neighbors), dtype=np.int64), is_kept.sum(1))
    kept = neighbors[is_kept]
    # Every neighbor is an edge of the union, and edges ascend.
    low, high = np.minimum(users, kept), np.maximum(users, kept)
    places = np.searchsorted(edges[:, 0] << 32 | edges[:, 1], low << 32 | high)
    return kept, similarities[is_kept], supports[places]


def graph_differences(one: Path, cluster: Path) -> list[str]:
    """Arrays of a cluster's neighbors that differ from one machine's graph with `--format npy`."""
    neighbors, similarities, supports = padded(one)
    counts = (np.load(one / "neighbors.npy") >= 0).sum(1)
    wanted = {
        "neighbor_offsets": np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        "neighbors": neighbors.astype(np.int32),
        "neighbor_similarities": similarities.astype(np.float32),
        "neighbor_supports": supports.astype(np.int32),
    }
    return [name for name, array in wanted.items() if not are_equal(array, np.load(cluster / f"{name}.npy"))]


def edges(folder: Path) -> tuple[int, float, int]:
    """Edges of the union of neighbor lists, the sum of their similarities, and of their supports."""
    offsets, neighbors = np.load(folder / "neighbor_offsets.npy"), np.load(folder / "neighbors.npy").astype(np.int64)
    users = np.repeat(np.arange(len(offsets) - 1, dtype=np.int64), np.diff(offsets))
    _, places = np.unique(np.minimum(users, neighbors) << 32 | np.maximum(users, neighbors), return_index=True)
    similarities, supports = np.load(folder / "neighbor_similarities.npy"), np.load(folder / "neighbor_supports.npy")
    return len(places), float(similarities[places].astype(np.float64).sum()), int(supports[places].sum())


def model_differences(one: Path, cluster: Path) -> list[str]:
    """Arrays and texts of a model that differ from those of one machine's `kindred train`."""
    found = []
    for path in sorted(one.glob("*.npy")):
        if not (cluster / path.name).exists() or not are_equal(np.load(path), np.load(cluster / path.name)):
            found.append(path.name)
    for name in ("users.csv", "items.csv"):
        if (one / name).read_bytes() != (cluster / name).read_bytes():
            found.append(name)
    return found


def losses(folder: Path) -> list[float]:
    return json.loads((folder / "summary.json").read_text())["losses"]
