"""Runs commands of kindred_spark.py one after the other in one application, which spares the start of Spark for each.

Reads a line of JSON for each, {"arguments": […], "environment": {…}}, and answers with a line that begins with KINDRED-CASE:
the exit code, seconds, and what it said. The environment is that of the processes in which Spark runs Python.
"""

import contextlib
import io
import json
import sys
import time
import traceback


class Both(io.StringIO):
    """Keeps what is written, and passes it on at once."""

    def __init__(self, stream):
        super().__init__()
        self.stream = stream

    def write(self, text):
        self.stream.write(text)
        self.stream.flush()
        return super().write(text)


def set_environment(variables):
    from pyspark import SparkContext

    context = SparkContext._active_spark_context
    if context is not None:
        for name in [name for name in context.environment if name.startswith("KINDRED_")]:
            del context.environment[name]
        context.environment.update(variables)


def run(module, case):
    said = Both(sys.stderr)
    begin = time.monotonic()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            set_environment(case.get("environment", {}))
            code = module.main(case["arguments"]) or 0
        except SystemExit as end:
            if not isinstance(end.code, (int, type(None))):
                print(end.code)
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
            code = 99
    return {"code": code, "seconds": time.monotonic() - begin, "output": said.getvalue()[-20_000:]}


def main():
    import kindred_spark
    from pyspark.sql import SparkSession

    session = SparkSession.builder.appName("kindred cases").getOrCreate()
    print("KINDRED-CASE {}", flush=True)
    for line in sys.stdin:
        print("KINDRED-CASE", json.dumps(run(kindred_spark, json.loads(line))), flush=True)
    session.stop()


if __name__ == "__main__":
    main()
