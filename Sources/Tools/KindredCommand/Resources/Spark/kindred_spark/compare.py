"""The subcommand compare: models trained on a part of the ratings and held against the rest."""

from __future__ import annotations

import argparse
import contextlib
import math
import time
from typing import Any

import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame

from .cluster import Cluster
from .descent import Descent
from .errors import KindredError
from .fits import Fit
from .models import configuration, write_model
from .numbering import Ratings, number_ratings, resolved
from .reading import read_source, typed
from .sides import single
from .storage import write_json
from .train import DEFAULTS, settings


def is_held_out(share: float, seed: int) -> Column:
    """Whether a rating is held out: xxHash64 of user, item and seed, modulo 1,000,000, is below the share of that."""
    drawn = F.pmod(F.xxhash64("user", "item", F.lit(seed).cast("long")), F.lit(1_000_000))
    return drawn < F.lit(round(share * 1_000_000))


def held_out_errors(test: DataFrame, fit: Fit, low: float, high: float) -> dict[str, float | None]:
    """RMSE and MAE over (u, i, r) of predictions μ + b_u + b_i + p·q, clamped to the scale.

    Errors are divided by the scale's width and added as decimals of 18 places, so that no order matters.
    """
    names = (("u", "user"), ("i", "item"))
    both = test
    for key, side in names:
        columns = F.col("index").alias(key), F.col("bias").alias(f"{side}_bias"), F.col("factors").alias(side)
        both = both.join(fit.factors[side].select(*columns), key)
    terms = "zip_with(user, item, (p, q) -> double(p) * double(q))"
    product = F.expr(f"aggregate({terms}, double(user_bias) + double(item_bias), (sum, term) -> sum + term)")
    error = (F.least(F.greatest(product + F.lit(fit.mean), F.lit(low)), F.lit(high)) - F.col("r")) / F.lit(high - low)
    exact = [F.sum(each.cast("decimal(28,18)")) for each in (error * error, F.abs(error))]
    count, squares, sizes = both.agg(F.count("*"), *exact).first()
    if not count:
        return {"rmse": None, "mae": None}
    return {"rmse": (high - low) * math.sqrt(float(squares) / count), "mae": (high - low) * float(sizes) / count}


def fit_mllib(cluster: Cluster, ratings: Ratings, options: argparse.Namespace) -> Fit:
    """MLlib's ALS as factors without biases; seconds are those of all iterations less those of one, after a fit to warm up."""
    from pyspark.ml.recommendation import ALS

    blocks, matrix = options.blocks or cluster.slots, ratings.matrix.persist()

    def fitted(iterations: int) -> tuple[Any, float]:
        start = time.monotonic()
        learner = ALS(
            rank=options.rank, maxIter=iterations, regParam=options.regularization, seed=options.seed, userCol="u",
            itemCol="i", ratingCol="r", numUserBlocks=blocks, numItemBlocks=blocks,
        )  # fmt: skip
        model = learner.fit(matrix)
        model.userFactors.count()
        return model, time.monotonic() - start

    with cluster.stage("mllib"):
        matrix.count()
        _, (_, once), (model, whole) = fitted(1), fitted(1), fitted(options.iterations)
    # A stored mean is on the scale or beside it, where 0 may not be: the users' biases take it back.
    mean = single(min(max(0.0, 2 * ratings.minimum - ratings.maximum), 2 * ratings.maximum - ratings.minimum))
    factors = {
        side: found.select(
            F.col("id").alias("index"), F.lit(bias).cast("float").alias("bias"), F.col("features").alias("factors")
        )
        for side, found, bias in (("user", model.userFactors, -mean), ("item", model.itemFactors, 0.0))
    }
    later = [(whole - once) / (options.iterations - 1)] if options.iterations > 1 else []
    return Fit(factors, [], [once, *later], mean, 0.0)


def compare_command(cluster: Cluster, options: argparse.Namespace) -> None:
    """Models trained on a part of the ratings and held against the rest."""
    models = options.models.split(",")
    if unknown := set(models) - DEFAULTS.keys():
        raise KindredError(f"--models has {', '.join(sorted(unknown))}; known are {', '.join(DEFAULTS)}")
    if "mllib" in models and not cluster.classic:
        raise KindredError("mllib runs in a classic session only: leave it out of --models, or run without --remote")
    rows = typed(read_source(cluster.spark, options))
    if "time" in rows.columns:
        rows = rows.withColumnRenamed("time", "timestamp")
    # Malformed rows go with the training part, which refuses or skips them.
    held = F.coalesce(is_held_out(options.holdout, options.seed or 1), F.lit(False)) & F.col("fault").isNull()
    rows = cluster.written("split", rows.withColumn("is_held", held).withColumnRenamed("fault", "_corrupt_record"))
    parts = {name: rows.where(F.col("is_held") == (name == "test")).drop("is_held") for name in ("train", "test")}
    ratings = number_ratings(cluster, parts["train"], options.on_bad_row, options.duplicates)
    ids = [table.select(F.col("id").alias(side), F.col("index").alias(key)) for table, side, key in (
        (ratings.user_ids, "user", "u"), (ratings.item_ids, "item", "i"))]  # fmt: skip
    policy = options.duplicates or "last"
    test = resolved(typed(parts["test"]), policy).persist()
    known = test.join(ids[0], "user").join(ids[1], "item").select("u", "i", "r").persist()
    for name, part in (("train", ratings.matrix.join(ids[0], "u").join(ids[1], "i")), ("test", test)):
        writer = part.select("user", "item", F.col("r").alias("rating")).write.mode("overwrite")
        spaces = {f"ignore{side}WhiteSpace": False for side in ("Leading", "Trailing")}
        writer.options(header=True, escape='"', **spaces).csv(f"{options.output}/{name}.csv")
    results = []
    for model in models:
        chosen, kind = settings(model, vars(options)), "als" if model == "mllib" else model
        with contextlib.ExitStack() as stack:
            if model == "mllib":
                fit = fit_mllib(cluster, ratings, chosen)
            else:
                fit = stack.enter_context(contextlib.closing(Descent(cluster, ratings, model, chosen))).run()
            write_model(cluster, f"{options.output}/{model}", kind, fit, ratings, chosen)
            errors: dict[str, float | None] = {"rmse": None, "mae": None}
            if model != "implicit":
                errors = held_out_errors(known, fit, ratings.minimum, ratings.maximum)
        results.append({
            "model": model, **errors, "seconds_per_iteration": fit.seconds_per_iteration, "losses": fit.losses,
            "configuration": configuration(kind, chosen, fit.relevant),
        })  # fmt: skip
    held_count, known_count = test.count(), known.count()
    counted = {"train": ratings.ratings, "test": held_count, "cold": held_count - known_count}
    write_json(options.output, "comparison.json", {"holdout": options.holdout, "ratings": counted, "models": results,
        "spark": cluster.spark.version, "version": cluster.version, "seconds": cluster.seconds})  # fmt: skip
    print(
        f"{ratings.ratings:,} ratings to learn from, {held_count:,} held out, {held_count - known_count:,} of them of users "
        "or items unknown to training and left out\n"
    )
    print(f"  {'model':10}{'RMSE':>10}{'MAE':>10}{'s an iteration':>18}")
    for result in results:
        errors = (f"{result[name]:10.4f}" if result[name] is not None else f"{'':>10}" for name in ("rmse", "mae"))
        print(f"  {result['model']:10}{''.join(errors)}{result['seconds_per_iteration']:18.3f}")
