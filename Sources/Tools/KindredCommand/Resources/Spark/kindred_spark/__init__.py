"""Kindred on Apache Spark: exact similarity graphs and factor models of ratings that outgrow one machine, equal to the bit.

    spark-submit --archives kindred-worker.tar.gz#kindred kindred_spark.py graph --ratings s3a://…/ratings.parquet --output …

Spark reads, numbers and ships. Every heavy step is a partition of rows (task, source, kind, piece, data) that feeds a process
`kindred-worker` by the protocol of docs/worker-protocol.md. Spark never adds floating-point numbers, and orders without ties
decide everything, so that results depend neither on partitions nor on retries.
"""

from __future__ import annotations

import sys

from pyspark import cloudpickle

from .neighbors import similarity_graph
from .train import als

__all__ = ["als", "similarity_graph"]

# Where this is imported, executors get its functions by value: they need no copy of it.
if __name__ != "__main__":
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
