"""Writes further/: small files in the forms of public data sets and of exports that people have, with cases.json, what each
should be read as. Usage: python3 Tests/cases/make.py

All values are invented, and counts are of the rows that were written, so that they owe nothing to Kindred. The same program
gives the same bytes.
"""

import bz2
import datetime
import gzip
import io
import json
import lzma
import os
import random
import shutil
import tarfile
import zipfile

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "further")
CASES = []

rng = random.Random(20261127)
pairs = rng.sample([(u, i) for u in range(1, 21) for i in range(101, 131)], 80)
# (user, item, rating from 1 to 5, seconds since 1970)
ROWS = [(u, i, rng.randint(1, 5), 1_100_000_000 + rng.randint(0, 200_000_000)) for u, i in pairs]


def counts(rows):
    return {"users": len({r[0] for r in rows}), "items": len({r[1] for r in rows}), "ratings": len(rows)}


def case(file, expect, why, rows=None, **more):
    CASES.append({"file": file, "expect": expect, **(counts(rows) if rows else {}), **more, "why": why})


def write(name, text, encoding="utf-8"):
    path = os.path.join(FOLDER, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode(encoding))


def lines(rows, form):
    return "".join(form(*row) + "\n" for row in rows)


def moment(seconds, form="%Y-%m-%d %H:%M:%S"):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime(form)


def day(seconds):
    return seconds - seconds % 86400


TIMES = {"time_min": min(r[3] for r in ROWS), "time_max": max(r[3] for r in ROWS)}
DAYS = {"time_min": day(TIMES["time_min"]), "time_max": day(TIMES["time_max"])}
CSV = "userId,movieId,rating,timestamp\n" + lines(ROWS, lambda u, i, r, t: f"{u},{i},{r},{t}")


def json_lines():
    def write_lines(name, form):
        write(name, "".join(json.dumps(form(*row)) + "\n" for row in ROWS))

    write_lines("steam-reviews.jsonl", lambda u, i, r, t: {
        "username": f"Chaos {u}", "user_id": str(u), "hours": r * 10.5, "product_id": str(i), "page": 1,
        "date": moment(t, "%Y-%m-%d"), "text": 'a "review",\nof lines', "early_access": False})
    case("steam-reviews.jsonl", "read", "Steam reviews: hours stand in for the rating, dates for times", ROWS,
         rating_max=52.5, **DAYS)
    write_lines("goodreads-interactions.jsonl", lambda u, i, r, t: {
        "user_id": f"{u:032x}", "book_id": str(i), "review_id": f"{u * i:032x}", "isRead": r > 1,
        "rating": 0 if r == 1 else r, "date_added": moment(t, "%a %b %d %H:%M:%S +0000 %Y")})
    case("goodreads-interactions.jsonl", "read", "Goodreads (UCSD Book Graph): 0 is not rated; its dates are no times",
         ROWS, note="--scale 1..5")
    case("goodreads-interactions.jsonl", "read", "the same with the scale", [r for r in ROWS if r[2] > 1],
         args=["--scale", "1..5"])
    write_lines("amazon-2023.jsonl", lambda u, i, r, t: {
        "rating": float(r), "title": "So so", "text": "…", "images": [], "asin": f"B{i:09d}",
        "parent_asin": f"B{i // 2:09d}", "user_id": f"AE{u:020d}", "timestamp": t * 1000, "verified_purchase": True})
    case("amazon-2023.jsonl", "refuse", "Amazon Reviews 2023: asin or parent_asin", message="asin.*parent_asin.*--columns")
    case("amazon-2023.jsonl", "read", "the same, told", ROWS, note="millisecond",
         args=["--columns", "user=user_id,item=asin,rating=rating,timestamp=timestamp"], **TIMES)
    write_lines("google-local.jsonl", lambda u, i, r, t: {
        "user_id": str(10**20 + u), "name": f"P {u}", "time": t * 1000 + 7, "rating": r, "text": None, "pics": None,
        "gmap_id": f"0x{i:x}:0x9"})
    case("google-local.jsonl", "read", "Google Local: times in milliseconds, users beyond 64 bits", ROWS,
         note="64 bits", **TIMES)
    write_lines("rent-the-runway.jsonl", lambda u, i, r, t: {
        "fit": "fit", "user_id": str(u), "item_id": str(i), "rating": None if r == 1 else str(2 * r),
        "review_date": moment(t, "%B %d, %Y")})
    kept = [r for r in ROWS if r[2] > 1]
    case("rent-the-runway.jsonl", "read", "RentTheRunway: ratings as text, some null", kept,
         args=["--on-bad-row", "skip"], rejected=len(ROWS) - len(kept), rating_max=10)
    write("librarything.txt", lines(ROWS, lambda u, i, r, t: str(
        {"work": str(i), "flags": [], "unixtime": t, "stars": float(r), "user": f"u{u}"})))
    case("librarything.txt", "refuse", "LibraryThing: Python dictionaries", message="Python dictionar")
    write("array.json", json.dumps([{"user": u, "item": i, "rating": r} for u, i, r, _ in ROWS]))
    case("array.json", "refuse", "a JSON array", message="JSON array.*jq")
    write("playlists.json", json.dumps({"info": {"slice": "0-9"}, "playlists": [{"pid": 0, "tracks": []}]}, indent=4))
    case("playlists.json", "refuse", "Spotify's Million Playlist Dataset: one JSON object", message="JSON object")


def delimited():
    zeros = lambda i: f"{i:07d}"
    write("movietweetings.dat", lines(ROWS, lambda u, i, r, t: f"{u}::{zeros(i)}::{2 * r}::{t}"))
    case("movietweetings.dat", "read", "MovieTweetings: ids of IMDb with zeros in front", ROWS, note="leading zeros",
         rating_max=10, **TIMES)
    write("spark.txt", lines(ROWS, lambda u, i, r, t: f"{u}::{i}::{r}::{t}"))
    case("spark.txt", "read", "sample_movielens_ratings.txt of Spark MLlib", ROWS, **TIMES)
    write("epinions.txt", lines(ROWS, lambda u, i, r, t: f"{u} {i} {r}"))
    case("epinions.txt", "read", "Epinions: single spaces", ROWS)
    write("filmtrust.txt", lines(ROWS, lambda u, i, r, t: f"{u} {i} {r - 0.5} "))
    case("filmtrust.txt", "read", "FilmTrust: halves, and a space at the end", ROWS, rating_min=0.5, rating_max=4.5)
    write("yahoo-r3.txt", lines(ROWS, lambda u, i, r, t: f"{u}\t{i}\t{r}"))
    case("yahoo-r3.txt", "read", "Yahoo! Music R3: tabs, three columns", ROWS, note="user = column 1.*item = column 2")
    write("ciao-colons.txt", lines(ROWS, lambda u, i, r, t: f"{u}::::{i}::::{r}"))
    case("ciao-colons.txt", "read", "CiaoDVD: four colons", ROWS)
    write("food-interactions.csv", "user_id,recipe_id,date,rating,review\n" + lines(
        ROWS, lambda u, i, r, t: f'{u},{i},{moment(t, "%Y-%m-%d")},{r},"Good.\n\nVery ""good"", really.\r\n{u},{i},x"'))
    case("food-interactions.csv", "read", "Food.com: reviews of several lines, which look like rows", ROWS, **DAYS)
    write("hetrec-artists.dat", "userID\tartistID\tweight\r\n" + "".join(
        f"{u}\t{i}\t{r * 100 + i}\r\n" for u, i, r, t in ROWS))
    case("hetrec-artists.dat", "read", "HetRec Last.fm: weights, CRLF", ROWS, note="weight")
    write("hetrec-tags.dat", "userID\tartistID\ttagID\tday\tmonth\tyear\n" + lines(
        ROWS, lambda u, i, r, t: f"{u}\t{i}\t{r}\t1\t4\t{2000 + r}"))
    case("hetrec-tags.dat", "refuse", "HetRec tags: no rating, and parts of a date that could be one",
         message="day, month, year.*--columns")
    case("hetrec-tags.dat", "read", "the same: each row counts 1", ROWS, args=["--columns", "user=userID,item=artistID"],
         note="no rating", rating_max=1)
    write("hetrec-movies.dat", "userID\tmovieID\trating\tdate_day\tdate_month\tdate_year\n" + lines(
        ROWS, lambda u, i, r, t: f"{u}\t{i}\t{r}.5\t29\t10\t2006"))
    case("hetrec-movies.dat", "read", "HetRec MovieLens: the date in parts is passed over", ROWS, rating_max=5.5)
    write("ta-feng.csv", "TRANSACTION_DT,CUSTOMER_ID,AGE_GROUP,PRODUCT_SUBCLASS,PRODUCT_ID,AMOUNT,SALES_PRICE\n" + lines(
        ROWS, lambda u, i, r, t: f"{moment(t, '%m/%d/%Y')},{u:08d},45-49,{i // 3},{i},{r},{r * 35}"))
    case("ta-feng.csv", "refuse", "Ta-Feng: amount and price could be the rating", message="AMOUNT, SALES_PRICE.*--columns")
    case("ta-feng.csv", "read", "the same, told", ROWS, args=["--columns", "CUSTOMER_ID,PRODUCT_ID,AMOUNT"])
    write("retailrocket.csv", "timestamp,visitorid,event,itemid,transactionid\n" + lines(
        ROWS, lambda u, i, r, t: f"{t}123,{u},view,{i},"))
    case("retailrocket.csv", "read", "Retailrocket: events without a rating, times in milliseconds", ROWS,
         note="no rating", rating_max=1, **TIMES)
    write("yoochoose.dat", lines(ROWS, lambda u, i, r, t: f"{u},{moment(t, '%Y-%m-%dT%H:%M:%S.123Z')},{i},0"))
    case("yoochoose.dat", "refuse", "YooChoose: the second column is a time", message="column 2.*time.*--columns")
    case("yoochoose.dat", "read", "the same, told", ROWS, args=["--columns", "user=1,item=3,timestamp=2"], **TIMES)
    write("diginetica.csv", "sessionId;userId;itemId;timeframe;eventdate\n" + lines(
        ROWS, lambda u, i, r, t: f"{u * 7};{u};{i};{r * 1000};{moment(t, '%Y-%m-%d')}"))
    case("diginetica.csv", "refuse", "Diginetica: timeframe could be the rating", message="timeframe.*--columns")
    case("diginetica.csv", "read", "the same, told", ROWS, **DAYS,
         args=["--columns", "user=userId,item=itemId,timestamp=eventdate"])
    write("gowalla.txt", lines(
        ROWS, lambda u, i, r, t: f"{u}\t{moment(t, '%Y-%m-%dT%H:%M:%SZ')}\t30.23\t-97.79\t{i}"))
    case("gowalla.txt", "refuse", "Gowalla: five columns, no header", message="--columns")
    case("gowalla.txt", "read", "the same, told", ROWS, args=["--columns", "user=1,item=5,timestamp=2"], **TIMES)
    write("twitch.csv", lines(ROWS, lambda u, i, r, t: f"{u},{i * 1000},streamer{i},{r},{r + 2}"))
    case("twitch.csv", "refuse", "Twitch: five columns, no header", message="--columns")
    write("amazon-2014.csv", lines(ROWS, lambda u, i, r, t: f"A{u:013d},{i:010d},{r}.0,{t}"))
    case("amazon-2014.csv", "read", "Amazon 2014: ratings only, no header", ROWS, note="user.*item.*rating.*timestamp", **TIMES)
    write("amazon-2023-ratings.csv", "user_id,parent_asin,rating,timestamp\n" + lines(
        ROWS, lambda u, i, r, t: f"AE{u},B0{i},{r}.0,{t}999"))
    case("amazon-2023-ratings.csv", "read", "Amazon Reviews 2023, ratings only", ROWS, note="millisecond", **TIMES)
    write("mind.tsv", lines(
        ROWS, lambda u, i, r, t: f"{u}\tU{u}\t{moment(t, '%m/%d/%Y %I:%M:%S %p')}\tN1 N2\tN{i}-0 N3-1"))
    case("mind.tsv", "refuse", "MIND: lists of impressions", message="--columns")
    write("animelist.csv", "user_id,anime_id,rating,watching_status,watched_episodes\n" + lines(
        ROWS, lambda u, i, r, t: f"{u},{i},{0 if r == 1 else 2 * r},2,{r}"))
    case("animelist.csv", "read", "Anime Recommendation Database 2020: 0 is not rated", ROWS, note="--scale 1..10")
    write("letterboxd.csv", "Date,Name,Year,Letterboxd URI,Rating\n" + lines(
        ROWS[:20], lambda u, i, r, t: f"{moment(t, '%Y-%m-%d')},\"Film {i}, the\",1999,https://boxd.it/{i},{r}"))
    case("letterboxd.csv", "refuse", "a Letterboxd export is of one user", message="user")
    write("bgg-ratings.csv", "BGGId,Rating,Username\n" + lines(ROWS, lambda u, i, r, t: f"{i},{2 * r}.0,Torsten{u}"))
    case("bgg-ratings.csv", "read", "BoardGameGeek on Kaggle: the name is the user", ROWS, rating_max=10)
    write("yahoo-kdd.txt", "".join(
        f"{u}|2\n" + "".join(f"{i}\t{r}\t4028\t08:00:00\n" for v, i, r, t in ROWS if v == u) for u in range(1, 6)))
    case("yahoo-kdd.txt", "refuse", "KDD Cup 2011: users as headings with counts", message="1 field")
    write("librec.txt", "# item user rating\n" + lines(ROWS, lambda u, i, r, t: f"{i} {u} {r}"))
    case("librec.txt", "read", "names of columns in a comment, in another order", ROWS, note="user = user")
    write("comments.csv", "# exported by hand\n\n" + CSV.replace("\n", "\n# page\n", 40))
    case("comments.csv", "read", "comments and blank lines", ROWS, note="comments", **TIMES)


def exports():
    write("german.csv", "Benutzer;Artikel;Bewertung;Datum\n" + lines(
        ROWS, lambda u, i, r, t: f"{u};\"Stück {i}\";{r},5;{moment(t, '%d.%m.%Y')}"), "cp1252")
    case("german.csv", "read", "a German export: semicolons, decimal commas, dates with dots, Windows-1252", ROWS,
         rating_min=1.5, rating_max=5.5, note="Windows-1252", **DAYS)
    write("french.csv", "utilisateur;film;note;date\n" + lines(
        ROWS, lambda u, i, r, t: f"élève {u};{i};{r};{moment(t, '%Y/%m/%d')}"))
    case("french.csv", "read", "a French export", ROWS, **DAYS)
    write("spanish.csv", "\ufeffusuario,película,calificación,fecha\n" + lines(
        ROWS, lambda u, i, r, t: f"{u},{i},{r},{moment(t, '%Y-%m-%dT%H:%M:%S+02:00')}"))
    case("spanish.csv", "read", "a Spanish export with a mark, and a zone", ROWS,
         time_min=TIMES["time_min"] - 7200, time_max=TIMES["time_max"] - 7200)
    write("excel.txt", ("\ufeff" + CSV.replace(",", "\t").replace("\n", "\r\n")).encode("utf-16-le"))
    case("excel.txt", "read", "Excel's Unicode text: UTF-16 with tabs", ROWS, note="UTF-16", **TIMES)
    write("excel-sep.csv", "sep=;\r\n" + CSV.replace(",", ";").replace("\n", "\r\n"))
    case("excel-sep.csv", "read", "a first line for Excel", ROWS, **TIMES)
    write("classic-mac.csv", CSV.replace("\n", "\r"))
    case("classic-mac.csv", "read", "lines that end in CR", ROWS, **TIMES)
    write("write-table.txt", '"user" "item" "rating"\n' + "".join(
        f'"{n}" {u} "Game {i}" {r}\n' for n, (u, i, r, t) in enumerate(ROWS, 1)))
    case("write-table.txt", "read", "write.table of R: no name for the row names", ROWS, note="user = user \\(column 2\\)")
    write("to-csv.csv", ",user,item,rating\n" + "".join(f"{n},{u},{i},{r}.0\n" for n, (u, i, r, t) in enumerate(ROWS)))
    case("to-csv.csv", "read", "to_csv of pandas: an index without a name", ROWS)
    write("mysql.tsv", lines(ROWS, lambda u, i, r, t: "\t".join([str(u), str(i), "\\N" if r == 1 else str(r), moment(t)])))
    kept = [r for r in ROWS if r[2] > 1]
    case("mysql.tsv", "read", "a dump of MySQL: \\N is NULL", kept, args=["--on-bad-row", "skip"],
         rejected=len(ROWS) - len(kept))
    write("recbole.inter", "user_id:token\titem_id:token\n" + lines(ROWS, lambda u, i, r, t: f"{u}\t{i}"))
    case("recbole.inter", "read", "RecBole without ratings", ROWS, note="no rating", rating_max=1)
    write("pattern.mtx", "%%MatrixMarket matrix coordinate pattern general\n20 130 80\n" + lines(
        ROWS, lambda u, i, r, t: f"{u} {i}"))
    case("pattern.mtx", "read", "MatrixMarket without values", ROWS, rating_max=1)
    write("array.mtx", "%%MatrixMarket matrix array real general\n2 2\n1\n0\n0\n5\n")
    case("array.mtx", "refuse", "a dense MatrixMarket array", message="dense")
    write("page.csv", "<!DOCTYPE html>\n<html><body>Please log in</body></html>\n")
    case("page.csv", "refuse", "a page that was saved for a file", message="HTML")


def binaries():
    write("ratings.csv.gz", gzip.compress(CSV.encode(), mtime=0))
    write("ratings.csv.bz2", bz2.compress(CSV.encode()))
    write("ratings.csv.xz", lzma.compress(CSV.encode()))
    for ending in ["gz", "bz2", "xz"]:
        case(f"ratings.csv.{ending}", "read", "compressed", ROWS, pipe=True, **TIMES)
    members = {"ml-tiny/README.txt": "none", "ml-tiny/links.csv": "movieId,imdbId\n101,7\n",
               "ml-tiny/movies.csv": "movieId,title,genres\n" + "".join(f"{i},Film {i},A|B\n" for i in range(101, 131)),
               "ml-tiny/ratings.csv": CSV, "ml-tiny/tags.csv": "userId,movieId,tag,timestamp\n1,101,x,5\n"}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1999, 1, 1, 0, 0, 0)), text)
    write("ml-tiny.zip", packed.getvalue())
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    write("ml-tiny.tar.gz", gzip.compress(packed.getvalue(), mtime=0))
    for name in ["ml-tiny.zip", "ml-tiny.tar.gz"]:
        case(name, "read", "MovieLens as it is downloaded", ROWS, **TIMES)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("xl/workbook.xml", (1999, 1, 1, 0, 0, 0)), "<workbook/>")
    write("ratings.xlsx", packed.getvalue())
    case("ratings.xlsx", "refuse", "an Excel workbook", message="Excel.*read_excel")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ["indices.npy", "indptr.npy", "data.npy"]:
            archive.writestr(zipfile.ZipInfo(name, (1999, 1, 1, 0, 0, 0)), b"\x93NUMPY\1\0")
    write("matrix.npz", packed.getvalue())
    case("matrix.npz", "refuse", "a sparse matrix of scipy", message="NPZ.*load_npz")
    write("ratings.feather", b"ARROW1\0\0" + bytes(64))
    case("ratings.feather", "refuse", "Feather", message="Feather.*read_feather")
    write("damaged.csv.gz", gzip.compress(CSV.encode(), mtime=0)[:-40])
    case("damaged.csv.gz", "refuse", "a download that broke off", message="damaged|incomplete")


def folders():
    body = CSV.splitlines(keepends=True)
    for number in range(4):
        part = body[1 + 20 * number:21 + 20 * number]
        write(f"shards/ratings-{number + 9}.csv", body[0] + "".join(part))
        write(f"spark-output/part-0000{number}", "".join(part))
    write("spark-output/_SUCCESS", "")
    case("shards", "read", "shards with a header each", ROWS, **TIMES)
    case("spark-output", "read", "what Spark wrote", ROWS, **TIMES)
    by_item = sorted({r[1] for r in ROWS})
    def film(i):
        return f"{i}:\n" + lines([r for r in ROWS if r[1] == i], lambda u, _, r, t: f"{u},{r},{moment(t, '%Y-%m-%d')}")
    for i in by_item:
        write(f"netflix-films/mv_{i:07d}.txt", film(i))
    case("netflix-films", "read", "Netflix Prize: a file for each film", ROWS, **DAYS)
    for number, part in enumerate([by_item[:10], by_item[10:]], 1):
        write(f"netflix-kaggle/combined_data_{number}.txt", "".join(film(i) for i in part))
    write("netflix-kaggle/movie_titles.csv", "".join(f"{i},2003,Dinosaurs, and {i}\n" for i in by_item))
    case("netflix-kaggle", "read", "Netflix Prize as on Kaggle, with titles", ROWS, **DAYS)


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    for part in [json_lines, delimited, exports, binaries, folders]:
        part()
    write("cases.json", json.dumps(CASES, indent=1, ensure_ascii=False) + "\n")
    print(len(CASES), "cases of", len({case["file"] for case in CASES}), "inputs")
