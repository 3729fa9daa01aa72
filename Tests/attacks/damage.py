"""One change at a time: of a byte of a store, of a value of what a refresh stored, of a byte of a saved model.

Each change follows from a generator, so that a seed names it for good.
"""

import ast
import math
import sqlite3
import struct
from contextlib import closing

# Tables of what a refresh computed, with the columns that are read back.
COMPUTED = {
    "recommendations": ("item", "predicted_rating", "score", "place"),
    "neighbors": ("neighbor", "similarity", "support"),
    "communities": ("community",),
    "runs": ("ratings", "options", "version", "changed_ratings", "compared_run"),
    "run_metrics": ("metric", "value"),
    "users": ("id",),
    "items": ("id",),
    "settings": ("value",),
}
# What was imported or came in: no refresh can compute it again.
SOURCES = ("ratings", "rating_history", "users", "items", "genres", "item_genres", "user_attributes", "item_words", "item_trigrams",
           "imports", "settings", "sqlite_autoindex_users", "sqlite_autoindex_items", "sqlite_autoindex_genres")
FORMATS = {"<f4": "<f", "<f8": "<d", "<i4": "<i", "<i8": "<q", "<u4": "<I", "<u8": "<Q"}


def flip(data, generator):
    """Another value for one random byte; returns the bytes and which one it was."""
    place = generator.randrange(len(data))
    changed = bytearray(data)
    changed[place] ^= generator.randrange(1, 256)
    return bytes(changed), place


def another(value, generator):
    """Another value of the same type: a neighbor, a far one, or one that no program should compute."""
    if isinstance(value, str):
        place = generator.randrange(len(value)) if value else 0
        return value[:place] + generator.choice([c for c in "017aZ\"é" if c != value[place:place + 1]]) + value[place + 1:]
    if isinstance(value, float):
        return generator.choice([value + 0.5, value * 1.001 + 1e-6, -value - 1, 1e30, -1e30, 0.0 if value else 1.0])
    return generator.choice([value + 1, value - 1, -value - 1, 2**31 - 1, -(2**31), 10**6 + value])


def npy(data):
    """The element format and the start of the elements of an array in NumPy's format."""
    start = 10 + int.from_bytes(data[8:10], "little")
    return FORMATS.get(ast.literal_eval(data[10:start].decode())["descr"]), start


def change_array(data, generator):
    """Changes one element; returns the bytes and what was changed."""
    form, start = npy(data)
    size = struct.calcsize(form)
    place = generator.randrange((len(data) - start) // size)
    offset = start + place * size
    (value,) = struct.unpack_from(form, data, offset)
    changed = bytearray(data)
    while bytes(changed) == data:
        new = another(value, generator)
        if isinstance(value, float):
            new = generator.choice([new, math.nan, math.inf])
        try:
            struct.pack_into(form, changed, offset, new)
        except (struct.error, OverflowError):
            continue
    return bytes(changed), f"[{place}] {value} -> {struct.unpack_from(form, changed, offset)[0]}"


def change_bytes(name, data, generator):
    """Changes one element of an array, or one byte of any other file."""
    if name.endswith(".npy") and len(data) > npy(data)[1]:
        return change_array(data, generator)
    changed, place = flip(data, generator)
    return changed, f"byte {place}: {data[place]:#x} -> {changed[place]:#x}"


def owner_of_page(path, byte):
    """The table or index whose page holds a byte."""
    with closing(sqlite3.connect(path)) as database:
        size = database.execute("PRAGMA page_size").fetchone()[0]
        try:
            found = database.execute("SELECT name FROM dbstat WHERE pageno = ?", (byte // size + 1,)).fetchone()
        except sqlite3.OperationalError:
            return "?"
        return ("header" if byte < 100 else found[0]) if found else "free"


def is_source(what):
    """Whether a change that was described met what no refresh can compute again."""
    owner = what.split(" of ")[1].split(":")[0] if what.startswith("byte ") else what.split(".")[0]
    return owner.startswith(SOURCES)


def change_store_byte(path, generator):
    """Changes one byte of a store's file."""
    data = path.read_bytes()
    changed, place = flip(data, generator)
    owner = owner_of_page(path, place)
    path.write_bytes(changed)
    return f"byte {place} of {owner}: {data[place]:#x} -> {changed[place]:#x}"


def change_stored_value(path, generator):
    """Changes one value of what a refresh stored, through SQL as the sqlite3 tool does it, without foreign keys."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        if generator.random() < 0.5:
            return change_run_file(database, generator)
        while True:
            table, columns = generator.choice(list(COMPUTED.items()))
            column = generator.choice(columns)
            key = ("rowid" if table in ("runs", "users", "items", "communities") else
                   "user, model, place" if table == "recommendations" else "user, place" if table == "neighbors" else
                   "run, model, metric" if table == "run_metrics" else "name")
            rows = database.execute(f"SELECT {key}, {column} FROM {table} ORDER BY {key}").fetchall()
            *place, value = generator.choice(rows)
            if value is None:
                continue
            new = another(value, generator)
            where = " AND ".join(f"{part.strip()} IS ?" for part in key.split(","))
            try:
                database.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (new, *place))
            except (sqlite3.IntegrityError, OverflowError):
                continue
            return f"{table}.{column} of {', '.join(map(str, place))}: {str(value)[:20]} -> {str(new)[:20]}"


def change_run_file(database, generator, name=None):
    """Changes one value of one stored file."""
    names = [row[0] for row in database.execute("SELECT name FROM run_files ORDER BY name")]
    name = name or generator.choice(names)
    (data,) = database.execute("SELECT bytes FROM run_files WHERE name = ?", (name,)).fetchone()
    changed, what = change_bytes(name, data, generator)
    database.execute("UPDATE run_files SET bytes = ? WHERE name = ?", (changed, name))
    return f"run_files {name} {what}"


def change_model(folder, generator):
    """Changes one value or byte of one file of a saved model."""
    file = generator.choice(sorted(folder.iterdir()))
    data = file.read_bytes()
    changed, what = flip(data, generator) if generator.random() < 0.5 else change_bytes(file.name, data, generator)
    file.write_bytes(changed)
    return f"{file.name} {what if isinstance(what, str) else f'byte {what}'}"
