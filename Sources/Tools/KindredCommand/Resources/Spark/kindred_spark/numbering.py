"""Ratings checked, one for each user and item, with indices for ids."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from .cluster import Cluster
from .errors import KindredError
from .reading import typed

POLICIES = ("last", "first", "mean", "sum", "count", "error")


@dataclasses.dataclass
class Ratings:
    """A rating matrix: rows (u, i, r) of indices and ratings, and tables (id, index) of users and items."""

    matrix: DataFrame
    user_ids: DataFrame
    item_ids: DataFrame
    users: int
    items: int
    ratings: int
    rows: int
    rejected: int
    minimum: float
    maximum: float
    step: float | None

    @property
    def config(self) -> dict[str, object]:
        """The totals, as a worker is told them."""
        return {"users": self.users, "items": self.items, "ratings": self.ratings}


def ranked(cluster: Cluster, rows: DataFrame, order: list[Any], name: str) -> tuple[DataFrame, int]:
    """The rows with their place `index` in an order without ties, and their number.

    They are sorted and written once; then each partition's offset is added to the places within it.
    """
    place = F.monotonically_increasing_id().bitwiseAND((1 << 33) - 1)
    found = cluster.written(name, rows.sort(*order).withColumn("part", F.spark_partition_id()).withColumn("place", place))
    counts = dict(map(tuple, found.groupBy("part").agg(F.count("*")).collect()))
    starts = list(itertools.accumulate((counts.get(part, 0) for part in range(max(counts, default=-1) + 1)), initial=0))
    index = F.expr(f"int(element_at(array({','.join(map(str, starts))}), part + 1) + place)").alias("index")
    return found.select(*rows.columns, index), starts[-1]


def vocabulary(cluster: Cluster, rows: DataFrame, column: str, are_integers: bool) -> tuple[DataFrame, int]:
    """The ids (id, index) of a column: in numeric order where all are integers as spelled, else by their UTF-8 bytes."""
    ids = rows.select(F.col(column).alias("id")).distinct()
    return ranked(cluster, ids, [F.expr("try_cast(id as bigint)") if are_integers else F.col("id")], f"{column}-ids")


def resolved(rows: DataFrame, policy: str) -> DataFrame:
    """One rating for each user and item, and of how many (`n`): DuplicatePolicy.swift. Sums are in order of value."""
    best = "max(rating)"
    total = "aggregate(array_sort(collect_list(rating)), 0D, (sum, r) -> sum + r)"
    if policy in ("mean", "sum", "count"):
        best = {"mean": f"float({total} / count(*))", "sum": f"float({total})", "count": "float(count(*))"}[policy]
    elif "time" in rows.columns:
        best = f"max(struct({'-' if policy == 'first' else ''}time, rating)).rating"
    return rows.groupBy("user", "item").agg(F.expr(f"{best} as r"), F.expr("count(*) as n"))


def checked(rows: DataFrame, on_bad_row: str) -> tuple[DataFrame, Any]:
    """The rows without a fault, how many there are with and without, and whether all ids of a side are integers as spelled."""
    facts = ["count(*) as rows", "count(fault) as rejected", "min(fault) as fault"]
    for side in ("user", "item"):
        facts += [
            f"bool_and(string(try_cast({side} as bigint)) <=> {side}) filter (where fault is null) as {side}_is_integer",
            rf"min({side}) filter (where fault is null and {side} rlike '[\\r\\n]') as {side}_with_break",
        ]
    found = rows.selectExpr(*facts).head()
    if found.rejected and on_bad_row == "fail":
        raise KindredError(f"{found.rejected:,} malformed rows, such as {found.fault}: fix them, or --on-bad-row skip")
    for side in ("user", "item"):
        if broken := found[f"{side}_with_break"]:
            raise KindredError(f"{side} {broken!r} has a line break, which a list of ids cannot hold: rename it")
    return rows.where("fault is null"), found


def number_ratings(cluster: Cluster, rows: DataFrame, on_bad_row: str = "fail", policy: str | None = None) -> Ratings:
    """Checks, resolves and numbers rows (user, item, and where there are rating, timestamp); all is written once."""
    with cluster.stage("read"):
        rows, found = checked(cluster.written("typed", typed(rows)), on_bad_row)
    with cluster.stage("number"):
        user_ids, users = vocabulary(cluster, rows, "user", found.user_is_integer)
        item_ids, items = vocabulary(cluster, rows, "item", found.item_is_integer)
        matrix = resolved(rows, policy or "last").join(user_ids.withColumnsRenamed({"id": "user", "index": "u"}), "user")
        matrix = matrix.join(item_ids.withColumnsRenamed({"id": "item", "index": "i"}), "item")
        matrix = cluster.written("matrix", matrix.select("u", "i", "r", "n"))
        facts = "count(*)", "min(r)", "max(r)", "bool_and(r = rint(r))", "bool_and(2 * r = rint(2 * r))", "max(n)"
        ratings, low, high, whole, half, most = matrix.selectExpr(*facts).head()
    if not ratings:
        raise KindredError("the source holds no ratings")
    has_times = "time" in rows.columns
    if most > 1 and (policy == "error" or (policy in (None, "last", "first") and not has_times)):
        pair = resolved(rows, "count").where("n > 1").orderBy("user", "item").head()
        why = "the policy is to refuse that" if policy == "error" else "without timestamps Spark has no order of rows to go by"
        remedy = "--duplicates last" if has_times else "name the column of times, or --duplicates mean, sum or count"
        raise KindredError(f"user {pair.user} rated item {pair.item} {pair.n} times, and {why}: {remedy}")
    if max(abs(low), abs(high)) > 1e12:
        raise KindredError(f"the ratings of an item by a user add up to {max(low, high, key=abs)}; the most is 1e12")
    step = 1.0 if whole else 0.5 if half else None
    return Ratings(matrix, user_ids, item_ids, users, items, ratings, found.rows, found.rejected, low, high, step)
