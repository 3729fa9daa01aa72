"""The figures of MovieLens 100K that SciPy, igraph and leidenalg gave, from a frame of pandas."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import kindred

DATA = Path(os.environ.get("KINDRED_ML_100K") or Path(__file__).parents[3] / "shared" / "data" / "ml-100k") / "u.data"


@pytest.fixture(scope="module")
def ratings() -> Any:
    if not DATA.exists():
        pytest.skip("MovieLens 100K is not there; its licence forbids committing it. Name its folder by KINDRED_ML_100K")
    pandas = pytest.importorskip("pandas")
    return pandas.read_csv(DATA, sep="\t", names=["user", "item", "rating", "timestamp"])


def test_the_graph_of_movielens(ratings: Any) -> None:
    graph = kindred.similarity_graph(ratings, k=10)
    row = graph.neighbors[0]
    assert graph.users[row.indices[:5]].tolist() == [916, 864, 268, 92, 435]
    assert row.data[:5].tolist() == pytest.approx([0.569066, 0.547548, 0.542077, 0.540534, 0.538665], abs=1e-6)
    assert graph.supports[0].data[:5].tolist() == [155, 144, 153, 169, 162]
    communities = graph.communities()
    assert len(communities.edges.sources) == 8026
    assert communities.total_weight == pytest.approx(3573.673604, abs=1e-5)
    assert communities.modularity > 0.632


def test_frames_of_polars_are_the_same(ratings: Any) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({name: ratings[name].to_numpy() for name in ratings.columns})
    one, other = kindred.similarity_graph(ratings, k=10), kindred.similarity_graph(frame, k=10)
    assert one.neighbors.data.tobytes() == other.neighbors.data.tobytes()
    assert one.users.tolist() == other.users.tolist()
