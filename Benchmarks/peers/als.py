"""Alternating least squares: seconds an iteration, at the same rank and number of iterations.

Every program weighs and regularizes in a way of its own, so the losses of two of them are no measure of each other.
What an exact solver has to reach is the loss of another exact solver on the same objective: `als_reference` is one, in
numpy.
"""

import time
from pathlib import Path

from . import inputs, processes
from .jobs import Agreement, Goal, Job, Measurement, Program

RANK = 64
ITERATIONS = 5
# Two random starts are this far apart after so few iterations.
SLACK = 1.01
KERNEL = "kindred, own kernel"


def job(model: str, shape: str, repetitions: int | None, spark: bool) -> Job:
    programs = [
        Program("kindred", "kindred", lambda folder: kindred(model, shape, folder, "lapack")),
        Program(KERNEL, "kindred", lambda folder: kindred(model, shape, folder, "kernel")),
        peer("implicit Cholesky", "implicit", "implicit_cholesky", shape, blas_threads=1),
        peer("implicit CG", "implicit", "implicit_cg", shape, blas_threads=1),
    ]
    if spark:
        function = "spark_explicit" if model == "als" else "spark_implicit"
        programs.append(peer("Spark MLlib", "pyspark", function, shape))
    names = {"als": "explicit ALS", "implicit": "implicit ALS"}
    return Job(
        names[model], shape, "seconds an iteration", programs,
        [
            Goal(factor=6, peer="implicit Cholesky"), Goal(peer="implicit CG"),
            Goal(factor=8, peer="implicit Cholesky", program=KERNEL),
            Goal(factor=1.4, peer="implicit CG", program=KERNEL)],
        lambda mine, other: agree(shape, mine, other), repetitions or 3,
        [
            f"Rank {RANK}, {ITERATIONS} iterations. kindred solves by LAPACK unless its own kernel is asked for.",
            "implicit's confidences are the ratings; it has no explicit ALS, so the same fit stands for both."])


def kindred(model: str, shape: str, folder: Path, solver: str) -> Measurement:
    restarts = ["--restarts", 1] if model == "als" else []
    run = processes.kindred(
        "train", inputs.ratings(shape), "--model", model, "--rank", RANK, "--iterations", ITERATIONS, *restarts,
        "--solver", solver, "--output", folder, "--threads", processes.THREADS, "--json", "--quiet")
    (folder / "loss").write_text(str(run.summary["loss"]))
    return Measurement(run.summary["seconds_per_iteration"], run.peak_bytes)


def peer(name: str, package: str, function: str, shape: str, blas_threads: int = processes.THREADS) -> Program:
    def measure(folder: Path) -> Measurement:
        source = inputs.ratings(shape) if package == "pyspark" else inputs.matrix(shape)
        result = processes.call(f"als.{function}", source, blas_threads=blas_threads)
        return Measurement(result["seconds"], result.get("java_peak_bytes", result["peak_bytes"]))

    return Program(name, package, measure)


def agree(shape: str, kindred: Path, other: Path) -> Agreement | None:
    """Only kindred's own results are compared, with the reference."""
    if not other.name.startswith(kindred.name):
        return None
    result = processes.call("als_reference.compare", other, inputs.matrix(shape), ITERATIONS)
    ratio = result["loss"] / result["reference"]
    printed = abs(result["loss"] / float((other / "loss").read_text()) - 1)
    return Agreement(ratio, "loss over that of an exact reference", ratio <= SLACK and printed < 1e-3)


# In the process of a measurement


def implicit_cholesky(path: str) -> dict:
    return implicit(path, use_cg=False)


def implicit_cg(path: str) -> dict:
    return implicit(path, use_cg=True)


def implicit(path: str, use_cg: bool) -> dict:
    from implicit.cpu.als import AlternatingLeastSquares

    ratings = inputs.load(path)
    model = AlternatingLeastSquares(
        factors=RANK, iterations=ITERATIONS, use_cg=use_cg, num_threads=processes.THREADS, random_state=1)
    begin = time.perf_counter()
    model.fit(ratings, show_progress=False)
    return {"seconds": (time.perf_counter() - begin) / ITERATIONS}


def spark_explicit(path: str) -> dict:
    return spark(path, implicit_preferences=False)


def spark_implicit(path: str) -> dict:
    return spark(path, implicit_preferences=True)


def spark(path: str, implicit_preferences: bool) -> dict:
    """The difference of two fits, so that what Spark does once is not counted."""
    from pyspark.ml.recommendation import ALS
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master(f"local[{processes.THREADS}]")
        .config("spark.driver.memory", "12g").config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false").config("spark.sql.shuffle.partitions", processes.THREADS)
        .getOrCreate())
    session.sparkContext.setLogLevel("ERROR")
    ratings = session.read.csv(path, header=True, inferSchema=True).repartition(processes.THREADS).cache()
    ratings.count()

    def seconds(iterations: int) -> float:
        model = ALS(
            rank=RANK, maxIter=iterations, regParam=0.1, implicitPrefs=implicit_preferences, userCol="userId",
            itemCol="movieId", ratingCol="rating", numUserBlocks=processes.THREADS, numItemBlocks=processes.THREADS,
            seed=1)
        begin = time.perf_counter()
        model.fit(ratings)
        return time.perf_counter() - begin

    seconds(1)
    once = seconds(1)
    result = {"seconds": (seconds(1 + ITERATIONS) - once) / ITERATIONS}
    return {**result, "java_peak_bytes": java_peak_bytes(session)}


def java_peak_bytes(session) -> int:
    import re

    machine = session.sparkContext._jvm.java.lang.ProcessHandle.current().pid()
    status = Path(f"/proc/{machine}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024
