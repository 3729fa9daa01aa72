"""Ratings from files, tables and messages, as text, numbers and seconds."""

from __future__ import annotations

import argparse
import itertools
import re
from collections.abc import Mapping

import pyspark.sql.functions as F
from pyspark.sql import DataFrame, SparkSession

from .columns import NAMES, chosen_columns, plain
from .errors import KindredError

FORMATS = ("csv", "parquet", "orc", "json", "jdbc", "kafka", "hive")
EXTENSIONS = {"parquet": "parquet", "orc": "orc", "json": "json", "jsonl": "json", "ndjson": "json"}
EXTENSIONS |= dict.fromkeys(("csv", "tsv", "txt", "data", "dat", "base", "test"), "csv")


def read_source(spark: SparkSession, options: argparse.Namespace) -> DataFrame:
    """The rows of the source under the names user, item, rating, timestamp and _corrupt_record, as far as it has them."""
    path, extra = options.ratings, dict(option.split("=", 1) for option in options.option)
    endings = path.lower().removesuffix("/").split("/")[-1].split(".")[::-1]
    known = options.format or next((EXTENSIONS[ending] for ending in endings[:2] if ending in EXTENSIONS), None)
    if known is None:
        raise KindredError(f"{path}: its name does not tell the format; say it by --format {'|'.join(FORMATS)}")
    reader = spark.read.options(**extra)
    if known == "hive":
        rows = spark.table(path)
    elif known == "jdbc":
        rows = reader.format("jdbc").options(**({} if extra.keys() & {"dbtable", "query"} else {"dbtable": path})).load()
    elif known == "kafka":
        rows = from_messages(
            reader.format("kafka").options(**({} if "subscribe" in extra else {"subscribe": path})).load(), options
        )
    elif known == "csv":
        rows = read_text(spark, path, extra)
    else:
        rows = reader.format(known).load(path)
    columns = chosen_columns([name for name in rows.columns if name != "_corrupt_record"], options.columns)
    columns |= {name: name for name in rows.columns if name == "_corrupt_record"}
    return rows.select(*(F.col(f"`{name}`").alias(role) for role, name in columns.items()))


def from_messages(messages: DataFrame, options: argparse.Namespace) -> DataFrame:
    """The fields of JSON objects in the column `value`."""
    names = [part.split("=")[-1] for part in (options.columns or "user,item,rating,timestamp").split(",")]
    schema = ", ".join(f"`{name}` string" for name in names)
    return messages.select(F.from_json(F.col("value").cast("string"), schema).alias("m")).select("m.*")


def read_text(spark: SparkSession, path: str, extra: Mapping[str, str]) -> DataFrame:
    """Delimited text; the separator and whether there is a header are told by the first line.

    `_corrupt_record` is the line where it has another number of fields than the first one.
    """
    first = spark.read.text(path).head()
    line = first.value if first else ""
    sep = extra.get("sep") or next((mark for mark in ("::", "\t", ";", ",", "|") if mark in line), ",")
    words = " ".join(itertools.chain(*NAMES.values())).split()
    header = any(plain(field.strip('"')) in words for field in line.split(sep))
    # Spark drops surplus fields, and tells only where it reads all columns and the line itself is one.
    reader = spark.read.options(**{"sep": sep, "header": str(header), "escape": '"', "columnPruning": "false", **extra})
    return reader.schema(reader.csv(path).schema.add("_corrupt_record", "string")).csv(path)


def typed(rows: DataFrame) -> DataFrame:
    """User and item as text, rating as float, time in seconds; `fault` is the whole row where one of them is malformed."""
    kinds = dict(rows.dtypes)

    def text(name: str) -> str:
        # 12.0 is an integer that pandas or a database made a float.
        whole = f"if({name} = rint({name}) and abs({name}) < 9e15, string(bigint({name})), string({name}))"
        return f"nullif({whole if re.match('float|double|decimal', kinds[name]) else f'string({name})'}, '')"

    def number(name: str) -> str:
        if kinds[name] != "string":
            return f"double(`{name}`)"
        decimal = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$"
        return f"if(`{name}` rlike '{decimal}', try_cast(`{name}` as double), null)"

    rating = number("rating") if "rating" in kinds else "1D"
    columns = {"user": text("user"), "item": text("item"), "rating": f"if(abs({rating}) <= 1e12, float({rating}), null)"}
    if "timestamp" in kinds:
        moment = "unix_seconds(try_cast(`timestamp` as timestamp))"
        is_date = kinds["timestamp"].startswith(("timestamp", "date"))
        columns["time"] = (
            moment if is_date else f"coalesce(try_cast({number('timestamp')} as bigint), try_cast({moment} as bigint))"
        )
        if not is_date and kinds["timestamp"] != "string":
            columns["time"] = f"try_cast({number('timestamp')} as bigint)"
    fault = f"if({' or '.join(f'({value}) is null' for value in columns.values())}, to_json(struct(*)), null)"
    columns["fault"] = f"coalesce(_corrupt_record, {fault})" if "_corrupt_record" in kinds else fault
    return rows.selectExpr(*(f"{value} as {name}" for name, value in columns.items()))
