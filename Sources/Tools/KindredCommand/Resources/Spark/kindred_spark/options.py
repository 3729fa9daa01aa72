"""The subcommands and their options."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from .compare import compare_command
from .graph import graph_command
from .numbering import POLICIES
from .reading import FORMATS
from .train import DEFAULTS, train_command


class Parser(argparse.ArgumentParser):
    """Ends with 64 on bad usage, as kindred does."""

    def error(self, message: str) -> None:
        self.print_usage(sys.stderr)
        self.exit(64, f"kindred_spark: {message}\n")


def ranged(kind: type, low: float, high: float) -> Callable[[str], float]:
    """A number of an option within a range."""

    def parse(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not within {low:,} to {high:,}")
        return value

    parse.__name__ = kind.__name__
    return parse


def add_factor_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """als, implicit and compare; without a default here it is the model's."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--rank", type=ranged(int, 1, 512), metavar="N", help="factors (default: als 12, implicit 96)")
    shared.add_argument("--iterations", type=ranged(int, 1, 10_000), metavar="N", help="rounds (default: als 6, implicit 8)")
    shared.add_argument("--seed", type=ranged(int, 0, 2**64 - 1), metavar="N", help="of the first factors (default: 1)")
    shared.add_argument(
        "--blocks", type=ranged(int, 1, 512), metavar="N", help="of users and of items (default: by size and cores)"
    )
    shared.add_argument("--solver", choices=("lapack", "kernel"), help="of the normal equations (default: lapack)")
    shared.add_argument("--broadcast-limit", type=ranged(int, 0, 1 << 40), metavar="BYTES",
                        help="item factors up to this go to all executors at once (default: 1 GiB)")  # fmt: skip
    likes = "ratings from here on are likes (default: the least three quarters up the scale or above)"
    shared.add_argument("--relevant", type=ranged(float, -1e12, 1e12), metavar="RATING", help=likes)
    weight, exponent = ranged(float, 0, 1e9), ranged(float, 0, 1)
    for name, about in (("als", "biases and factors of ratings"), ("implicit", "factors of likes, over all pairs")):
        command = commands.add_parser(
            name, parents=[common, shared], help=about, description=f"{about}; one start, no restarts"
        )
        command.set_defaults(run=train_command)
        default = DEFAULTS[name]
        command.add_argument("--regularization", type=weight, help=f"(default: {default['regularization']})")
        command.add_argument(
            "--regularization-exponent", type=exponent, help=f"(default: {default['regularization_exponent']})"
        )
    commands.choices["als"].add_argument("--bias-regularization", type=weight, help="(default: 1)")
    command = commands.choices["implicit"]
    command.add_argument("--unobserved-weight", type=ranged(float, 1e-9, 1e9), help="of pairs without a rating (default: 0.25)")
    command.add_argument("--least", type=ranged(float, -1000, 1), help="strength of the lowest rating (default: 0)")
    command.add_argument("--most", type=ranged(float, 1, 1000), help="strength of the highest rating (default: 1)")
    command.add_argument("--highest-weight", type=ranged(float, 0, 1e6), help="weight of the highest rating (default: 1.5)")
    command = commands.add_parser("compare", parents=[common, shared], help="als, implicit and MLlib's ALS on held-out ratings")
    command.set_defaults(run=compare_command)
    command.add_argument("--models", default="als,implicit,mllib", help="of als, implicit and mllib (default: all)")
    command.add_argument("--holdout", type=ranged(float, 0.001, 0.999), default=0.1, metavar="SHARE",
                         help="of the ratings, by a hash of user, item and seed (default: 0.1)")  # fmt: skip


def parser() -> Parser:
    """The subcommands and their options."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--output", required=True, metavar="FOLDER", help="path or URI of the folder to write to")
    common.add_argument("--scratch", metavar="FOLDER", help="a folder that all executors reach (default: OUTPUT/_scratch)")
    common.add_argument("--task-timeout", type=float, metavar="SECONDS", help="a worker is killed after this (default: 21600)")
    common.add_argument("--remote", metavar="URL", help="a Spark Connect server, such as sc://host:15002")
    common.add_argument("--archive", metavar="FILE", help="kindred-worker.tar.gz, where spark-submit --archives cannot be used")
    root = Parser(prog="kindred_spark.py", description="Kindred's graphs and factors on Apache Spark, equal to the bit.")
    common.add_argument("--ratings", required=True, metavar="PATH", help="path, URI or table of the ratings")
    common.add_argument("--format", choices=FORMATS, help="(default: by the extension)")
    common.add_argument("--option", action="append", default=[], metavar="KEY=VALUE", help="an option of Spark's reader")
    common.add_argument(
        "--columns", metavar="COLUMNS", help="user=NAME,item=NAME,… or names in the order user,item,rating,timestamp"
    )
    common.add_argument("--on-bad-row", choices=("fail", "skip"), default="fail", help="malformed rows (default: fail)")
    common.add_argument("--duplicates", choices=POLICIES, help="several ratings of an item by one user (default: last)")
    commands = root.add_subparsers(dest="command", required=True, parser_class=Parser)
    graph = commands.add_parser("graph", parents=[common], help="the nearest neighbors of all users")
    graph.set_defaults(run=graph_command)
    graph.add_argument("--neighbors", type=int, default=50, metavar="K", help="neighbors per user, at most (default: 50)")
    graph.add_argument("--measure", choices=("cosine", "centered"), default="cosine", help="(default: cosine)")
    graph.add_argument("--item-weights", "--weights", choices=("none", "idf", "bm25"), default="none", help="(default: none)")
    graph.add_argument("--norms", choices=("all", "shared"), default="all", help="(default: all)")
    graph.add_argument("--min-support", type=int, default=1, metavar="N", help="items both rated (default: 1)")
    graph.add_argument("--min-similarity", type=float, default=0.0, metavar="S", help="(default: 0)")
    graph.add_argument("--shrinkage", type=float, default=0.0, metavar="BETA", help="(default: 0)")
    graph.add_argument("--blocks", type=int, metavar="G", help="blocks of users (default: by memory and cores)")
    graph.add_argument("--any-size", action="store_true", help="also beyond 10^17 products")
    graph.add_argument("--without-ratings", action="store_true", help="write no arrays of the ratings")
    add_factor_commands(commands, common)
    return root
