"""Comparisons and their page."""

from __future__ import annotations

from pathlib import Path

import pytest
import scipy.sparse as sp

import kindred


@pytest.fixture(scope="module")
def comparison(ratings: sp.csr_matrix) -> kindred.Comparison:
    models: dict[str, kindred.Recommender | str] = {
        "factors": kindred.AlternatingLeastSquares(factors=3, iterations=2),
        "mean": "global",
        "best": kindred.EASE(),
    }
    return kindred.compare(models, ratings, folds=2)


def test_metrics_go_by_the_chosen_names(comparison: kindred.Comparison) -> None:
    assert {row["model"] for row in comparison.metrics} == {"factors", "mean", "best"}
    errors = comparison.mean("rmse")
    assert set(errors) == {"factors", "mean"}
    folds = [
        row["value"]
        for row in comparison.metrics
        if (row["model"], row["metric"]) == ("mean", "rmse") and row["fold"] != "mean"
    ]
    assert len(folds) == 2
    assert errors["mean"] == pytest.approx(sum(folds) / 2)
    assert set(comparison.mean("ndcg", at=10)) == {"factors", "best"}
    with pytest.raises(KeyError, match="not measured, only"):
        comparison.mean("luck")
    pytest.importorskip("pandas")
    assert list(comparison.to_pandas().columns) == ["model", "fold", "metric", "at", "value"]


def test_the_page_stands_by_itself(comparison: kindred.Comparison, tmp_path: Path) -> None:
    shown = comparison._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "<script" not in comparison.html
    assert "http://" not in comparison.html.replace("http://www.w3.org", "")
    for name in ("page.html", "report.json", "metrics.csv"):
        comparison.write(tmp_path / name)
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == comparison.html
    assert comparison.json
    with pytest.raises(ValueError, match="does not say its format"):
        comparison.write(tmp_path / "page.pdf")


def test_parameters_count(ratings: sp.csr_matrix, comparison: kindred.Comparison) -> None:
    other = kindred.compare([kindred.AlternatingLeastSquares(factors=1, iterations=1)], ratings, folds=2)
    assert other.mean("rmse")["als"] != comparison.mean("rmse")["factors"]


def test_several_models_can_be_of_one_kind(ratings: sp.csr_matrix) -> None:
    """Each with its own parameters, also where one name begins as another does."""
    models = {
        "als": kindred.AlternatingLeastSquares(factors=2, iterations=1),
        "als.rank": kindred.AlternatingLeastSquares(factors=5, iterations=6),
        "a_b, <c>": kindred.Blend(implicit={"factors": 3}),
        "blend": kindred.Blend(implicit={"factors": 7}),
    }
    together = kindred.compare(models, ratings, folds=2)
    assert together.names == tuple(models)
    assert "a_b, &lt;c&gt;" in together.html
    for name, model in models.items():
        alone = kindred.compare({name: model}, ratings, folds=2)
        assert alone.mean("ndcg", at=10) == {name: together.mean("ndcg", at=10)[name]}
    assert len(set(together.mean("ndcg", at=10).values())) == 4
    listed = kindred.compare([models["als"], models["als.rank"], "global"], ratings, folds=2)
    assert listed.mean("rmse").keys() == {"als", "als 2", "global"}
    assert listed.mean("rmse")["als 2"] == together.mean("rmse")["als.rank"]


def test_wrong_arguments_are_refused_with_remedies(ratings: sp.csr_matrix) -> None:
    for name in ("", "a=b", "a\nb"):
        with pytest.raises(ValueError, match="a model is called"):
            kindred.compare({name: "ease"}, ratings)
    with pytest.raises(ValueError, match="no model of kindred"):
        kindred.compare({"a": 3}, ratings)  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="wizard"):
        kindred.compare({"a": "wizard"}, ratings)
    with pytest.raises(ValueError, match="folds is 1"):
        kindred.compare(["als"], ratings, folds=1)
