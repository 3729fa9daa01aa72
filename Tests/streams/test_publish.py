"""`kindred publish` as other programs see it: pages of HTTP APIs, pace, and what a kill leaves.

`script/test-streams` runs it, and by itself: python3 Tests/streams/test_publish.py PROGRAM
"""

import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlparse

from lib import query

PAGES = 4
PER_PAGE = 25
RECORDS = [
    {"userId": number % 7, "movieId": f"m{number}", "rating": number % 5 + 1, "timestamp": 1_000_000 + number}
    for number in range(PAGES * PER_PAGE)
]


class API(BaseHTTPRequestHandler):
    """Lists page by page, in the ways that APIs have."""

    asked = Counter()

    def log_message(self, *_):
        pass

    def do_GET(self):
        url = urlparse(self.path)
        page = int(parse_qs(url.query).get("page", ["1"])[0])
        API.asked[self.path] += 1
        records = RECORDS[(page - 1) * PER_PAGE : page * PER_PAGE]
        following = f"{url.path}?page={page + 1}"
        is_last = page >= PAGES
        headers = {}
        style = url.path.strip("/")
        if style == "link":
            body = records
            if not is_last:
                headers["Link"] = f'</other>; rel="first", <{following}>; rel="next"'
        elif style == "next":
            body = {"results": records, "next": None if is_last else following}
        elif style == "pages":
            body = {"page": page, "total_pages": PAGES, "items": records}
        elif style == "hal":
            body = {"data": records, "_links": {} if is_last else {"next": {"href": following}}}
        elif style == "busy":
            # The first two times the server is busy, each page anew.
            if API.asked[self.path] <= 2:
                self.send_response(429 if API.asked[self.path] == 1 else 503)
                self.send_header("Retry-After", "0")
                self.end_headers()
                return
            body = {"ratings": records, "next": None if is_last else following}
        elif style == "films":
            body = [{"id": 5, "title": 'The "Third" Man', "genres": [{"id": 1, "name": "Noir"}]}, {"nothing": True}]
        elif style == "users":
            body = {"users": [{"id": 7, "gender": "F"}]}
        elif style == "round":
            body = {"results": records, "next": "/round"}
        elif style == "away":
            body = {"results": records, "next": "http://127.0.0.2:1/next"}
        elif style == "large":
            body = ["x" * (17 << 20)]
        elif style == "slow":
            time.sleep(0.3)
            body = {"results": records, "next": None if is_last else following}
        else:
            self.send_error(404)
            return
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(data)
        except OSError:
            pass


class Publisher:
    """The program under test."""

    def __init__(self, program):
        self.program = program

    def __call__(self, *arguments):
        return subprocess.run([self.program, "publish", *map(str, arguments)], capture_output=True, text=True, check=False)

    def start(self, arguments, output):
        command = [self.program, "publish", *map(str, arguments)]
        return subprocess.Popen(command, stdout=output, stderr=subprocess.PIPE, text=True)


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def expected(record):
    return {
        "user_id": str(record["userId"]),
        "item_id": record["movieId"],
        "rating": record["rating"],
        "timestamp": record["timestamp"],
    }


def check_pages(publish, base):
    for style in ("link", "next", "pages", "hal", "busy"):
        ended = publish("--api", f"{base}/{style}")
        assert ended.returncode == 0, ended
        assert lines(ended.stdout) == [expected(record) for record in RECORDS], style
        assert "100 ratings" in ended.stderr, ended.stderr
    assert all(count == 3 for path, count in API.asked.items() if path.startswith("/busy")), API.asked
    films = publish("--api", f"{base}/films")
    assert lines(films.stdout) == [{"item_id": "5", "title": 'The "Third" Man', "genres": ["Noir"]}], films
    assert "1 record said nothing" in films.stderr, films.stderr
    users = publish("--api", f"{base}/users")
    assert lines(users.stdout) == [{"user_id": "7", "gender": "F"}], users
    for style, words in {
        "round": "read before",
        "away": "another server",
        "large": "more than 16 MiB",
        "missing": "404",
    }.items():
        ended = publish("--api", f"{base}/{style}")
        assert ended.returncode == 1 and words in ended.stderr, (style, ended.stderr)
    assert publish().returncode == 64
    assert publish("a", "--api", base).returncode == 64
    print("pages of HTTP APIs: link, next, page numbers, links in the body, busy servers, refusals")


def ratings_file(scratch, count):
    path = scratch / f"ratings{count}.csv"
    path.write_text(
        "userId,movieId,rating,timestamp\n" + "".join(f"{n % 97},{n},{n % 5 + 1},{1_000_000 + n}\n" for n in range(count))
    )
    return path


def check_pace(publish, scratch):
    path = ratings_file(scratch, 600)
    begin = time.monotonic()
    ended = publish(path, "--rate", 200)
    seconds = time.monotonic() - begin
    assert ended.returncode == 0 and len(lines(ended.stdout)) == 600
    assert 2.7 < seconds < 3.6, f"600 messages at 200 per second take 3 s, not {seconds:.2f} s"
    begin = time.monotonic()
    ended = publish(path, "--speed", "300x")
    replayed = time.monotonic() - begin
    assert 1.8 < replayed < 2.6, f"599 s at 300x take 2 s, not {replayed:.2f} s"
    assert publish(path, "--rate", 5, "--speed", "2x").returncode == 64
    print(f"pace: 600 messages at 200 per second in {seconds:.2f} s; 599 s at 300x in {replayed:.2f} s")


def check_resuming(publish, scratch, base):
    """Killed with and without notice, all messages come at least once, and few of them twice."""
    for name, arguments, count in (
        ("file", [ratings_file(scratch, 3_000), "--rate", 1_500], 3_000),
        ("api", ["--api", f"{base}/slow"], len(RECORDS)),
    ):
        state, output = scratch / f"{name}.state", scratch / f"{name}.jsonl"
        arguments = [*arguments, "--state", state]
        with open(output, "a") as file:
            for number in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL, signal.SIGTERM):
                process = publish.start(arguments, file)
                time.sleep(0.8)
                if process.poll() is None:
                    process.send_signal(number)
                    errors = process.communicate(timeout=6)[1]
                    if number != signal.SIGKILL:
                        assert process.returncode == 0 and "Stopped" in errors, (process.returncode, errors)
            ended = publish.start(arguments, file)
            errors = ended.communicate()[1]
            assert ended.returncode == 0, errors
        items = Counter(json.loads(line)["item_id"] for line in output.read_text().splitlines() if line.endswith("}"))
        assert len(items) == count, (name, len(items))
        again = publish(*arguments)
        assert again.returncode == 0 and again.stdout == "", "all is delivered"
        print(f"{name}: {count} messages, {sum(items.values()) - count} of them again after kills")
    other = publish(ratings_file(scratch, 10), "--state", scratch / "file.state")
    assert other.returncode == 1 and "another source" in other.stderr, other.stderr


@contextlib.contextmanager
def api():
    """The address of the API, for as long as it answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), API)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    API.asked.clear()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_pages(lab):
    """`publish` reads APIs page by page, waits for busy servers, and refuses what leads nowhere."""
    with api() as base:
        check_pages(Publisher(lab.program), base)


def test_pace(lab):
    """A rate and a replay by time are kept within ten percent."""
    check_pace(Publisher(lab.program), Path(lab.folder))


def test_resuming(lab):
    """`publish` that is killed sends every message at least once."""
    with api() as base:
        check_resuming(Publisher(lab.program), Path(lab.folder), base)


def test_kafka(lab):
    """What `publish` sends, killed and started again, `consume` stores as `import` would; films and users too."""
    broker = lab.broker(ratings=2, movies=1, users=1)
    folder = Path(lab.folder)
    path = ratings_file(folder, 4_000)
    (folder / "movies.csv").write_text("movieId,title,genres\n" + "".join(f"{n},Film {n},Drama|Noir\n" for n in range(100)))
    (folder / "users.csv").write_text("userId,gender\n" + "".join(f"{n},F\n" for n in range(97)))
    path = path.rename(folder / "ratings.csv")
    arguments = [path, "--kafka", broker.address, "--rate", 1_000, "--state", folder / "state"]
    publish = Publisher(lab.program)
    for _ in range(2):
        process = publish.start(arguments, subprocess.DEVNULL)
        time.sleep(1.6)
        process.kill()
        process.communicate()
    ended = publish(*arguments, "--json")
    assert ended.returncode == 0, ended
    summary = json.loads(ended.stdout)
    assert summary["delivered_before"] > 0, summary
    report = lab.consume_all(folder / "stream.sqlite", broker)
    lab.kindred("import", path, "--store", folder / "import.sqlite", "--quiet")
    sql = (
        "SELECT users.id, items.id, value, time, title FROM ratings JOIN users USING (user) JOIN items USING (item) "
        "ORDER BY 1, 2"
    )
    rows = [query(folder / store, sql) for store in ("stream.sqlite", "import.sqlite")]
    assert len(rows[0]) == 4_000 and rows[0] == rows[1], "the store of the stream is that of the import"
    facts = [
        query(folder / store, "SELECT name, value, count(*) FROM user_attributes GROUP BY 1, 2")
        for store in ("stream.sqlite", "import.sqlite")
    ]
    assert facts[0] == facts[1] == [("gender", "F", 97)], facts
    print(f"through Kafka, with two kills: as import ({report})")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    publish = Publisher(sys.argv[1])
    with tempfile.TemporaryDirectory() as name, api() as base:
        check_pages(publish, base)
        check_pace(publish, Path(name))
        check_resuming(publish, Path(name), base)


if __name__ == "__main__":
    main()
