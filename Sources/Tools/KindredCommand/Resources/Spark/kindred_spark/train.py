"""The subcommands als and implicit: ratings to a model."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame

from .cluster import Cluster
from .descent import Descent
from .models import write_model
from .numbering import number_ratings
from .reading import read_source
from .storage import absolute, write_json

DEFAULTS: dict[str, dict[str, float]] = {
    "als": {"rank": 12, "iterations": 6, "regularization": 1.75, "regularization_exponent": 0.4, "bias_regularization": 1.0},
    "implicit": {"rank": 96, "iterations": 8, "regularization": 0.018, "regularization_exponent": 1.0,
                 "unobserved_weight": 0.25, "least": 0.0, "most": 1.0, "highest_weight": 1.5},
    "mllib": {"rank": 12, "iterations": 6, "regularization": 0.1, "regularization_exponent": 1.0, "bias_regularization": 1.0},
}  # fmt: skip


def settings(model: str, options: Mapping[str, Any]) -> argparse.Namespace:
    """The options, with a model's defaults where nothing was chosen."""
    common = {"seed": 1, "solver": "lapack", "blocks": None, "broadcast_limit": 1 << 30, "relevant": None}
    chosen = {name: value for name, value in options.items() if value is not None}
    return argparse.Namespace(**{**common, **DEFAULTS[model], **chosen})


def train_command(cluster: Cluster, options: argparse.Namespace) -> None:
    """als and implicit: ratings to a model that `kindred recommend SOURCE --factors` reads."""
    ratings = number_ratings(cluster, read_source(cluster.spark, options), options.on_bad_row, options.duplicates)
    model, options = options.command, settings(options.command, vars(options))
    descent = Descent(cluster, ratings, model, options)
    with contextlib.closing(descent):
        fit = descent.run()
        write_model(cluster, options.output, model, fit, ratings, options)
    summary = {
        "model": model, "users": ratings.users, "items": ratings.items, "ratings": ratings.ratings,
        "rank": options.rank, "iterations": options.iterations, "seed": options.seed, "solver": options.solver,
        "seconds_per_iteration": fit.seconds_per_iteration, "loss": fit.losses[-1], "losses": fit.losses,
        "relevant": fit.relevant, "seconds": cluster.seconds, "spark": cluster.spark.version, "version": cluster.version,
    }  # fmt: skip
    write_json(options.output, "summary.json", summary)
    print(
        f"{model} of rank {options.rank}, {options.iterations} iterations: {ratings.users:,} users, {ratings.items:,} items, "
        f"{ratings.ratings:,} ratings\n\n  loss   {fit.losses[0]:,.4f} after the first step, {fit.losses[-1]:,.4f} after the "
        f"last\n  time   {fit.seconds_per_iteration:.3f} s an iteration\n\n"
        f"  Written to {options.output}: model.json and its arrays"
    )


def als(
    ratings: DataFrame, scratch: str, model: str = "als", duplicates: str | None = None, **options: Any
) -> tuple[DataFrame, DataFrame, list[float]]:
    """Factors (id, bias, factors) of users and of items of ratings (user, item, rating), and the losses.

    :param scratch: a folder that all executors reach; it has to stay as long as the result is used.
    :param model: als or implicit; `options` are those of the subcommand, such as rank=64.
    """
    cluster = Cluster(ratings.sparkSession, absolute(scratch))
    cluster.probe()
    numbered = number_ratings(cluster, ratings, policy=duplicates)
    fit = Descent(cluster, numbered, model, settings(model, options)).run()
    ids = {"user": numbered.user_ids, "item": numbered.item_ids}
    users, items = (fit.factors[side].join(ids[side], "index").select("id", "bias", "factors") for side in ids)
    return users, items, fit.losses
