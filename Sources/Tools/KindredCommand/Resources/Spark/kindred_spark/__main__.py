"""Runs a subcommand, as spark-submit does."""

from __future__ import annotations

import argparse
import logging
import re
import sys

from pyspark.sql import SparkSession

from .cluster import LOG, Cluster
from .errors import KindredError
from .options import parser
from .storage import absolute


def session(options: argparse.Namespace) -> SparkSession:
    """The session of spark-submit, or one by --remote; --archive ships the worker where --archives cannot."""
    builder = SparkSession.builder.appName(f"kindred {options.command}")
    spark = (builder.remote(options.remote) if options.remote else builder).getOrCreate()
    if options.archive and "connect" in type(spark).__module__:
        spark.addArtifacts(f"{options.archive}#kindred", archive=True)
    elif options.archive:
        spark.sparkContext.addArchive(f"{options.archive}#kindred")
    return spark


def main(arguments: list[str] | None = None) -> int:
    """Runs a subcommand: 0 done, 1 failed, 64 bad usage."""
    options = parser().parse_args(arguments)
    logging.basicConfig(format="kindred: %(message)s")
    LOG.setLevel(logging.INFO)
    options.output = absolute(options.output)
    try:
        spark = session(options)
        limit = options.task_timeout or float(spark.conf.get("spark.kindred.taskTimeout", "21600"))
        cluster = Cluster(spark, absolute(options.scratch) if options.scratch else f"{options.output}/_scratch", limit)
        try:
            cluster.probe()
            options.run(cluster, options)
        finally:
            cluster.close()
    except KindredError as error:
        print(f"kindred_spark: {error}", file=sys.stderr)
        return 1
    except Exception as error:
        # Spark wraps what a worker said in pages of traces.
        if not (said := re.search(r"Error: (kindred-worker: [^\n]*)", str(error))):
            raise
        print(f"kindred_spark: {said[1]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
