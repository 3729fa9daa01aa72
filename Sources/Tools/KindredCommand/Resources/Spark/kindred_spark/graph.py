"""The subcommand graph: ratings to a folder of neighbors."""

from __future__ import annotations

import argparse
import dataclasses
import time

import pyarrow.fs

from .arrays import decode_block, pieces, write_ids, write_rows
from .cluster import Cluster
from .lists import decode_lists, encode_lists, encode_rows
from .neighbors import Graph, GraphOptions, find_neighbors, named
from .numbering import Ratings, number_ratings
from .reading import read_source
from .storage import ArrayFile, filesystem, write_json


def write_graph(
    cluster: Cluster, folder: str, ratings: Ratings, graph: Graph, options: argparse.Namespace
) -> dict[str, object]:
    """Parquet tables and Kindred's arrays; returns the description of the arrays."""

    def files(**kinds: tuple[int, str]) -> list[ArrayFile]:
        return [ArrayFile(folder, f"{name}.npy", [count], dtype) for name, (count, dtype) in kinds.items()]

    named(graph.neighbors, ratings.user_ids).write.mode("overwrite").parquet(f"{folder}/neighbors.parquet")
    users = graph.users.selectExpr("id as user_id", "index", "ratings", "mean as mean_rating")
    users.write.mode("overwrite").parquet(f"{folder}/users.parquet")
    arrays = write_ids(cluster, folder, "user", ratings.user_ids, ratings.users)
    arrays |= write_ids(cluster, folder, "item", ratings.item_ids, ratings.items)
    lists = pieces(cluster, graph.neighbors, "u", ["u", "rank"], ratings.users, encode_lists)
    arrays |= write_rows(
        files(neighbor_offsets=(ratings.users + 1, "<i8"), neighbors=(graph.entries, "<i4"),
              neighbor_similarities=(graph.entries, "<f4"), neighbor_supports=(graph.entries, "<i4")),
        ratings.users, ((ids, counts, columns) for ids, counts, *columns in map(decode_lists, lists)),
    )  # fmt: skip
    if ratings.ratings <= 100_000_000 and not options.without_ratings:
        rows = pieces(cluster, ratings.matrix, "u", ["u", "i"], ratings.users, lambda batches: encode_rows(batches, False))
        arrays |= write_rows(
            files(rating_offsets=(ratings.users + 1, "<i8"), rating_items=(ratings.ratings, "<i4"),
                  rating_values=(ratings.ratings, "<f4")),
            ratings.users, map(decode_block, rows),
        )  # fmt: skip
    return arrays


def graph_command(cluster: Cluster, options: argparse.Namespace) -> None:
    """Ratings to neighbors, in a folder that `kindred graph --neighbors-from` reads."""
    start, folder = time.monotonic(), options.output
    chosen = GraphOptions(**{field.name: getattr(options, field.name) for field in dataclasses.fields(GraphOptions)})
    system, path = filesystem(folder)
    # It tells that all else is there, and is written last.
    if system.get_file_info(f"{path}/neighbors.json").type != pyarrow.fs.FileType.NotFound:
        system.delete_file(f"{path}/neighbors.json")
    ratings = number_ratings(cluster, read_source(cluster.spark, options), options.on_bad_row, options.duplicates)
    graph = find_neighbors(cluster, ratings, chosen, options.blocks, options.any_size)
    with cluster.stage("write", 1 << 16):
        arrays = write_graph(cluster, folder, ratings, graph, options)
    sizes = {"users": ratings.users, "items": ratings.items, "ratings": ratings.ratings, "entries": graph.entries}
    seconds = {**cluster.seconds, "total": time.monotonic() - start}
    scale = {"minimum": ratings.minimum, "maximum": ratings.maximum, "step": ratings.step}
    summary = sizes | {
        "source": options.ratings, "rows": ratings.rows, "rejected_rows": ratings.rejected, "rating_scale": scale,
        "duplicate_ratings": ratings.rows - ratings.rejected - ratings.ratings, "products": graph.products,
        "blocks": graph.blocks, "tasks": graph.tasks, "seconds": seconds, "spark": cluster.spark.version,
        "version": cluster.version,
        "options": dataclasses.asdict(chosen) | {"on_bad_row": options.on_bad_row, "duplicates": options.duplicates or "last"},
    }  # fmt: skip
    write_json(folder, "summary.json", summary)
    head = {"format": "kindred-neighbors", "version": 1, "kindred": cluster.version}
    write_json(folder, "neighbors.json", head | sizes | {"options": dataclasses.asdict(chosen), "arrays": arrays})
    step = {1.0: ", whole", 0.5: ", in steps of 0.5"}.get(ratings.step, "")
    print(
        f"Similar users in {options.ratings}\n\n  users        {ratings.users:,}\n  items        {ratings.items:,}\n"
        f"  ratings      {ratings.ratings:,}, from {ratings.minimum} to {ratings.maximum}{step}\n"
        f"  neighbors    {graph.entries:,}\n"
        f"  products     {graph.products:,}, {graph.products / seconds['pairs']:.2g} a second\n"
        f"\n  Written to {folder} in {seconds['total']:.1f} s ({', '.join(f'{k} {v:.1f}' for k, v in cluster.seconds.items())})"
    )
