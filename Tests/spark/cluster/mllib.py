"""MLlib's ALS on the cluster, for script/bench cluster: mllib.py RATINGS RANK BLOCKS. Prints seconds of an iteration."""

import sys
import time

from pyspark.ml.recommendation import ALS
from pyspark.sql import SparkSession


def main(path, rank, blocks):
    session = SparkSession.builder.appName("mllib als").getOrCreate()
    columns = "user int, item int, rating float, time long"
    ratings = session.read.csv(path, header=True, schema=columns).repartition(blocks).cache()
    ratings.count()

    def fit(iterations):
        begin = time.monotonic()
        als = ALS(
            rank=rank, maxIter=iterations, regParam=0.1, seed=1, numUserBlocks=blocks, numItemBlocks=blocks,
            userCol="user", itemCol="item", ratingCol="rating")  # fmt: skip
        als.fit(ratings).userFactors.count()
        return time.monotonic() - begin

    fit(1)
    # The difference of two fits, so that what is done once is not counted.
    once, often = fit(1), fit(6)
    print(f"MLLIB {(often - once) / 5}", flush=True)
    session.stop()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
