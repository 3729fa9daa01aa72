"""The folder of a model, as `kindred train` writes it."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
from array import array

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from .arrays import pieces
from .cluster import Batches, Cluster, batch
from .errors import KindredError
from .fits import Fit
from .frames import elements
from .numbering import Ratings
from .sides import counts
from .storage import ArrayFile, write_text


def encode_factors(batches: Batches) -> Batches:
    """Sorted (bias, factors, task) → pieces that are by turns factors and biases."""
    for piece, part in enumerate(batches):
        if part.num_rows:
            task, biases = part["task"][0].as_py(), part["bias"]
            yield batch(task, 0, 0, 2 * piece, bytes(elements(part["factors"].flatten())))
            yield batch(task, 0, 0, 2 * piece + 1, b"" if biases.null_count else bytes(elements(biases)))


def encode_ids(batches: Batches) -> Batches:
    """Sorted (id, task) → pieces that are by turns lines of CSV and ids after their lengths, of which the checksum is."""

    def field(id: str) -> str:
        return '"' + id.replace('"', '""') + '"' if re.search(r'[,"\n\r]|^[ \t]|[ \t]$', id) else id

    for piece, part in enumerate(batches):
        if part.num_rows:
            task, ids = part["task"][0].as_py(), part["id"].to_pylist()
            yield batch(task, 0, 0, 2 * piece, "".join(f"{field(id)}\n" for id in ids).encode())
            yield batch(task, 0, 0, 2 * piece + 1, "".join(f"{len(id.encode())}:{id}" for id in ids).encode())


def write_arrays(cluster: Cluster, folder: str, side: str, factors: DataFrame, rows: int, rank: int) -> list[ArrayFile]:
    """NumPy arrays of a side's (index, bias, factors)."""
    file, biases, done = ArrayFile(folder, f"{side}_factors.npy", [rows, rank], "<f4"), bytearray(), 0
    for place, data in enumerate(pieces(cluster, factors, "index", ["index"], rows, encode_factors)):
        if place % 2:
            biases += data
        else:
            file.write(data)
            done += len(data) // (4 * rank)
    if done != rows:
        raise KindredError(f"{side}s have {done:,} of {rows:,} factors: Spark lost rows; run again")
    files = [file]
    if biases:
        files.append(ArrayFile(folder, f"{side}_biases.npy", [rows], "<f4"))
        files[1].write(biases)
    return files


def configuration(model: str, options: argparse.Namespace, relevant: float) -> dict[str, object]:
    """What configuration.json of `kindred train` holds."""
    names = {name: getattr(options, name) for name in ("rank", "regularization", "iterations", "seed", "solver")}
    names |= {"regularizationExponent": options.regularization_exponent, "threads": 1}
    if model == "implicit":
        feedback = {"least": options.least, "most": options.most, "threshold": relevant}
        weights = {"unobservedWeight": options.unobserved_weight, "highestWeight": options.highest_weight}
        return names | weights | {"feedback": feedback}
    names |= {"isNonnegative": False, "restarts": 1, "validationShare": 0}
    return names | {"biasRegularization": options.bias_regularization}


def write_model(cluster: Cluster, folder: str, model: str, fit: Fit, ratings: Ratings, options: argparse.Namespace) -> None:
    """The folder that `kindred train --output` writes, and factors.parquet (side, index, id, bias, factors)."""
    ids, sizes = {"user": ratings.user_ids, "item": ratings.item_ids}, {"user": ratings.users, "item": ratings.items}
    with cluster.stage(f"{model} factors.parquet"):
        columns = "side", "index", "id", "bias", "factors"
        sides = [fit.factors[side].join(ids[side], "index").withColumn("side", F.lit(side)).select(*columns) for side in ids]
        sides[0].unionByName(sides[1]).write.mode("overwrite").parquet(f"{folder}/factors.parquet")
        stored = cluster.spark.read.parquet(f"{folder}/factors.parquet")
    files, checksum = [], hashlib.sha256()
    with cluster.stage(f"{model} arrays", 10_000):
        for side, count in sizes.items():
            files += write_arrays(cluster, folder, side, stored.where(F.col("side") == side), count, options.rank)
            names = ArrayFile(folder, f"{side}s.csv", [], "utf8")
            names.write(f"{side}_id\n".encode())
            checksum.update(f"{count};".encode())
            for place, data in enumerate(pieces(cluster, ids[side], "index", ["index"], count, encode_ids)):
                (checksum.update if place % 2 else names.write)(data)
            names.close()
        if model == "implicit":
            files.append(ArrayFile(folder, "item_likes.npy", [ratings.items], "<f4"))
            # One machine counts in numbers of 32 bits, where 2^24 + 1 is 2^24.
            likes = counts(cluster, ratings.matrix, "i", ratings.items, fit.relevant)
            files[-1].write(array("f", (min(count, 1 << 24) for count in likes)).tobytes())
    chosen = json.dumps(configuration(model, options, fit.relevant), indent=2, sort_keys=True) + "\n"
    zeros, described = "0" * 64, {os.path.basename(file.path): file.close() for file in files}
    manifest = {
        "format": "kindred-model", "format_version": 1, "program_version": cluster.version, "model": model,
        "users": ratings.users, "items": ratings.items, "ratings": ratings.ratings, "loss": (fit.losses or [None])[-1],
        "scale": {"minimum": ratings.minimum, "maximum": ratings.maximum, "step": ratings.step},
        "numbers": {"relevant": fit.relevant} if model == "implicit" else {"mean": fit.mean, "restarts": 1},
        "arrays": {name: {key: file[key] for key in ("shape", "sha256")} for name, file in described.items()},
        "vocabulary_sha256": checksum.hexdigest(), "own_sha256": zeros,
        "configuration_sha256": write_text(folder, "configuration.json", chosen),
    }  # fmt: skip
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    write_text(folder, "model.json", text.replace(zeros, hashlib.sha256(text.encode()).hexdigest()))
