"""Models measured on the same held-out ratings."""

from __future__ import annotations

import csv
import ctypes
import html
import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _calls
from ._library import Handle
from ._ratings import Ratings
from .recommender import Recommender

if TYPE_CHECKING:
    import pandas

_HTML, _JSON, _CSV = 0, 1, 2


def compare(
    models: Mapping[str, Recommender | str] | Sequence[Recommender | str],
    user_items: object,
    folds: int = 5,
    *,
    random_state: int = 1,
    relevant: float | None = None,
    num_threads: int = 0,
    show_progress: bool = False,
) -> Comparison:
    """Compares models on random folds of the ratings, each tested on once.

    No test rating is dropped, and rankings are of all items that a user has not rated in training.

    Args:
        models: by names of your choice, or a list; each an unfitted or fitted model, of which only the parameters count, or
            a name of the command line: "global", "user-mean", "item-mean", "baseline", "popularity", "als", "bayes",
            "knn", "implicit", "ease", "blend". Several can be of one kind.
        user_items: ratings, as for :meth:`Recommender.fit`.
        folds: at least 2.
        random_state: draws the folds.
        relevant: ratings from here on are likes; None for the least rating three quarters up the scale or above.
        num_threads: 0 for all processors.
        show_progress: shows a bar of tqdm.

    Returns:
        What a notebook shows as a page with charts.
    """
    chosen = dict(models) if isinstance(models, Mapping) else _named(models)
    values: dict[str, Any] = {"folds": folds, "seed": random_state, "relevant": relevant, "threads": num_threads}
    kinds = {name: _kind(model) for name, model in chosen.items()}
    for name, model in chosen.items():
        if not name or set(name) & set("=\n\0"):
            raise ValueError(f"a model is called {name!r}; names have one character or more, and no '=' and line break")
        if isinstance(model, Recommender):
            options = {f"{name}.{option}": value for option, value in model.options().items() if option != "relevant"}
            values.update(options)
    listed = "\n".join(f"{name}={kind}" for name, kind in kinds.items())
    ratings = Ratings(user_items, num_threads=num_threads)
    handle = Handle("comparison")
    progress = "comparison" if show_progress else None
    _calls.run("compare", ratings.handle, listed.encode(), _calls.options(**values), handle.out, progress=progress)
    return Comparison(handle, tuple(chosen))


class Comparison:
    """The measurements of several models; shows as a page in a notebook.

    Attributes:
        names: what the models are called.
    """

    def __init__(self, handle: Handle, names: tuple[str, ...]) -> None:
        self.names = names
        self._handle = handle

    @property
    def html(self) -> str:
        """A page of its own, which loads nothing and runs no script."""
        return self._text(_HTML)

    @property
    def json(self) -> dict[str, Any]:
        """All measurements, with options and differences."""
        report: dict[str, Any] = json.loads(self._text(_JSON))
        return report

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """A row for each figure: model, fold (or "mean"), metric, at (the cut-off or None) and value."""
        rows = csv.DictReader(io.StringIO(self._text(_CSV)))
        return [
            {
                "model": row["model"],
                "fold": int(row["fold"]) if row["fold"].isdigit() else row["fold"],
                "metric": row["metric"],
                "at": int(row["at"]) if row["at"] else None,
                "value": float(row["value"]) if row["value"] else float("nan"),
            }
            for row in rows
        ]

    def mean(self, metric: str, at: int | None = None) -> dict[str, float]:
        """A metric of each model, the mean over the folds, such as "rmse", or "ndcg" at 10.

        Raises:
            KeyError: for one that was not measured.
        """
        rows = [row for row in self.metrics if row["fold"] == "mean"]
        found = {row["model"]: row["value"] for row in rows if row["metric"] == metric and row["at"] == at}
        if not found:
            known = sorted({row["metric"] if row["at"] is None else f"{row['metric']} at {row['at']}" for row in rows})
            raise KeyError(f"{metric} at {at} was not measured, only {', '.join(known)}")
        return found

    def to_pandas(self) -> pandas.DataFrame:
        """The metrics as a frame."""
        import pandas

        frame: pandas.DataFrame = pandas.DataFrame(self.metrics)
        return frame

    def write(self, path: str | os.PathLike[str]) -> None:
        """Writes the page (.html), the measurements (.json) or the metrics (.csv) into a file."""
        form = {".html": _HTML, ".json": _JSON, ".csv": _CSV}.get(Path(path).suffix.lower())
        if form is None:
            raise ValueError(f"{path} does not say its format; end it in .html, .json or .csv")
        Path(path).write_bytes(self._text(form).encode())

    def _text(self, form: int) -> str:
        text, size = ctypes.c_char_p(), ctypes.c_int64()
        _calls.run("comparison_text", self._handle, form, ctypes.byref(text), ctypes.byref(size))
        return ctypes.string_at(text, size.value).decode()

    def _repr_html_(self) -> str:
        # A frame of its own keeps the styles of the page and of the notebook apart.
        page = html.escape(self.html, quote=True)
        return f'<iframe srcdoc="{page}" sandbox style="width: 100%; height: 800px; border: 0"></iframe>'

    def __repr__(self) -> str:
        return f"Comparison({', '.join(self.names)})"


def _kind(model: Recommender | str) -> str:
    if isinstance(model, str):
        return model
    if isinstance(model, Recommender):
        return model._kind
    raise ValueError(f"{model!r} is no model of kindred and no name of one")


def _named(models: Sequence[Recommender | str]) -> dict[str, Recommender | str]:
    """Models by their kinds, those of one kind numbered."""
    named: dict[str, Recommender | str] = {}
    for model in models:
        kind = _kind(model)
        count = sum(_kind(other) == kind for other in named.values())
        named[f"{kind} {count + 1}" if count else kind] = model
    return named
