"""Seconds of an iteration of Kindred's als and of MLlib's ALS, in turns on one cluster, for script/bench cluster.

    turns.py KINDRED_SPARK RATINGS RANK BLOCKS ITERATIONS SCRATCH

An iteration is what a fit of so many takes longer than a fit of one, divided by how many more there are: what is done once does
not count. A fit of each warms up, for what runs on the JVM is compiled as it goes. Prints the median of both over three turns.
"""

import statistics
import sys
import time
from pathlib import Path

from pyspark.ml.recommendation import ALS
from pyspark.sql import SparkSession

TURNS = 3


def main(module, path, rank, blocks, iterations, scratch):
    sys.path.insert(0, str(Path(module).parent))
    import kindred_spark

    session = SparkSession.builder.appName("als in turns").getOrCreate()
    columns = "user int, item int, rating float, time long"
    ratings = session.read.csv(path, header=True, schema=columns).repartition(blocks).cache()
    ratings.count()

    def mllib(iterations):
        als = ALS(
            rank=rank, maxIter=iterations, regParam=0.1, seed=1, numUserBlocks=blocks, numItemBlocks=blocks,
            userCol="user", itemCol="item", ratingCol="rating")  # fmt: skip
        als.fit(ratings).userFactors.count()

    def kindred(iterations):
        kindred_spark.als(ratings, f"{scratch}/{time.monotonic_ns()}", rank=rank, iterations=iterations, blocks=blocks)

    def seconds(fit, iterations):
        begin = time.monotonic()
        fit(iterations)
        return time.monotonic() - begin

    found = {fit: [] for fit in (kindred, mllib)}
    for fit in found:
        fit(iterations)
    for _ in range(TURNS):
        for fit, times in found.items():
            once, often = seconds(fit, 1), seconds(fit, iterations)
            times.append((often - once) / (iterations - 1))
    ours, theirs = map(statistics.median, found.values())
    print(f"TURNS {ours} {theirs} {found.values()}", flush=True)
    session.stop()


if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:6]), sys.argv[6])
