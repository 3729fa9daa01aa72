"""The same bits as the command line on the same ratings."""

from __future__ import annotations

import csv
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

import kindred

from .conftest import made_ratings


class Files:
    """Ratings as a file, and what the program makes of them."""

    def __init__(self, folder: Path, program: str, matrix: sp.csr_matrix, names: bool) -> None:
        self.folder, self.program = folder, program
        entries = matrix.tocoo()
        self.columns = {
            "user": [f"ü{u}" if names else u + 1 for u in entries.row.tolist()],
            "item": [f"{i:x}, é" if names else 10 * i for i in entries.col.tolist()],
            "rating": entries.data.tolist(),
        }
        with open(folder / "ratings.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(self.columns)
            writer.writerows(zip(*self.columns.values()))

    def frame(self) -> Any:
        return pytest.importorskip("pandas").DataFrame(self.columns)

    def run(self, command: str, *options: str) -> Path:
        output = Path(tempfile.mkdtemp(dir=self.folder)) / command
        arguments = [self.program, command, str(self.folder / "ratings.csv"), "--output", str(output), "--quiet", *options]
        subprocess.run(arguments, check=True, capture_output=True, timeout=600)
        return output


@pytest.fixture(scope="module", params=[False, True], ids=["numbers", "text"])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, program: str) -> Files:
    return Files(tmp_path_factory.mktemp("program"), program, made_ratings(300, 120, 0.15), request.param)


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        ({}, []),
        (
            {"measure": "centered", "shrinkage": 25.0, "min_support": 3},
            ["--measure", "centered", "--shrinkage", "25", "--min-support", "3"],
        ),
        ({"measure": "baseline", "norms": "shared"}, ["--measure", "baseline", "--norms", "shared"]),
        ({"item_weights": "bm25", "min_similarity": 0.2}, ["--item-weights", "bm25", "--min-similarity", "0.2"]),
    ],
    ids=["cosine", "centered", "baseline", "bm25"],
)
def test_neighbors_edges_and_communities(files: Files, options: dict[str, Any], flags: list[str]) -> None:
    graph = kindred.similarity_graph(files.frame(), k=10, **options)
    output = files.run("graph", "--neighbors", "10", "--format", "csv,npy", *flags)
    users = rows(output / "users.csv")
    assert [row["user_id"] for row in users] == [str(user) for user in graph.users.tolist()]
    communities = graph.communities()
    assert [int(row["community"]) for row in users] == communities.labels.tolist()
    edges = graph.edges()
    written = rows(output / "edges.csv")
    names = [str(user) for user in graph.users.tolist()]
    assert [(row["source"], row["target"]) for row in written] == [
        (names[s], names[t]) for s, t in zip(edges.sources, edges.targets)
    ]
    # Written with the fewest digits that lead back to the same float.
    assert np.array([row["similarity"] for row in written], dtype=np.float32).tobytes() == edges.weights.tobytes()
    assert [int(row["support"]) for row in written] == edges.supports.tolist()
    summary = json.loads((output / "summary.json").read_text(encoding="utf-8"))
    assert summary["modularity"] == pytest.approx(communities.modularity, abs=5e-7)
    nearest = graph.neighbors.indices[graph.neighbors.indptr[7] : graph.neighbors.indptr[8]]
    printed = subprocess.run(
        [files.program, "neighbors", str(files.folder / "ratings.csv"), "--user", names[7], "--count", "10", "--json", *flags],
        check=True, capture_output=True,
    )  # fmt: skip
    assert [row["user"] for row in json.loads(printed.stdout)] == [names[user] for user in nearest]


def test_written_graphs_are_those_of_the_program(files: Files, tmp_path: Path) -> None:
    output = files.run("graph", "--neighbors", "10", "--format", "csv,graphml,npy,matrixmarket")
    kindred.similarity_graph(files.frame(), k=10).write(tmp_path / "own", "csv,graphml,npy,matrixmarket")
    written = sorted(path.name for path in output.iterdir() if path.name != "summary.json")
    assert written == sorted(path.name for path in (tmp_path / "own").iterdir())
    for name in written:
        assert (output / name).read_bytes() == (tmp_path / "own" / name).read_bytes(), name


@pytest.mark.parametrize(
    ("model", "kind", "flags"),
    [
        (kindred.AlternatingLeastSquares(factors=8, regularization=2.0, iterations=3, restarts=2), "als",
         ["--rank", "8", "--regularization", "2", "--iterations", "3", "--restarts", "2"]),
        (kindred.ImplicitALS(factors=16, iterations=3, random_state=7), "implicit",
         ["--rank", "16", "--iterations", "3", "--seed", "7"]),
        (kindred.BayesianFactorization(factors=4, burn_in=2, samples=4), "bayes",
         ["--rank", "4", "--burn-in", "2", "--samples", "4"]),
    ],
    ids=["als", "implicit", "bayes"],
)  # fmt: skip
def test_models(files: Files, model: kindred.Recommender, kind: str, flags: list[str], tmp_path: Path) -> None:
    output = files.run("train", "--model", kind, *flags)
    model.fit(files.frame())
    model.write(tmp_path / "own")
    arrays = sorted(path.name for path in output.glob("*.npy"))
    assert arrays
    for name in arrays:
        assert (output / name).read_bytes() == (tmp_path / "own" / name).read_bytes(), name
    shapes = {np.load(path).shape for path in output.glob("*.npy")}
    if isinstance(model, kindred.ImplicitALS):
        assert model.user_factors.shape in shapes
        stored = [np.load(path).tobytes() for path in output.glob("*.npy")]
        assert model.user_factors.tobytes() in stored
        assert model.item_factors.tobytes() in stored


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        (kindred.AlternatingLeastSquares(), "als"),
        (kindred.ImplicitALS(), "implicit"),
        (kindred.UserKNN(), "knn"),
        (kindred.EASE(), "ease"),
        (kindred.Blend(), "blend"),
        (kindred.Popularity(), "popularity"),
    ],
    ids=["als", "implicit", "knn", "ease", "blend", "popularity"],
)
def test_lists(files: Files, model: kindred.Recommender, kind: str) -> None:
    model.fit(files.frame())
    user = str(model.users.tolist()[7])
    source = str(files.folder / "ratings.csv")
    arguments = [files.program, "recommend", source, "--user", user, "--model", kind, "--count", "5", "--json", "--quiet"]
    printed = subprocess.run(arguments, check=True, capture_output=True)
    [listed] = json.loads(printed.stdout)
    ids, scores = model.recommend(7, N=5)
    assert [row["id"] for row in listed["items"]] == [str(model.items.tolist()[item]) for item in ids]
    if "score" in listed["items"][0]:
        assert np.array([row["score"] for row in listed["items"]], dtype=np.float32).tobytes() == scores.tobytes()


def test_comparison(files: Files) -> None:
    output = files.run("compare", "--models", "als,knn", "--folds", "3", "--als", "rank=4")
    models = {"als": kindred.AlternatingLeastSquares(factors=4), "knn": kindred.UserKNN()}
    comparison = kindred.compare(models, files.frame(), folds=3)
    for row, own in zip(rows(output / "metrics.csv"), comparison.metrics):
        assert (row["model"], row["metric"]) == (own["model"], own["metric"])
        if row["value"] and not row["metric"].endswith(("seconds", "per_second")):
            assert float(row["value"]) == own["value"], row
