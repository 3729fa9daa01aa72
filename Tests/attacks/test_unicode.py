"""15.2: ids that look the same and are not, and ids that look like nothing."""

import time
import unicodedata
from urllib.parse import quote

from lib import check

# Equal as Swift's strings, different as bytes: composed and decomposed, signs with a canonical twin, marks in another order.
PAIRS = (("caf\u00e9", "cafe\u0301"), ("\u212b", "\u00c5"), ("\u2126", "\u03a9"), ("\uac00", "\u1100\u1161"), ("\u1e69", "s\u0307\u0323"),
         ("a\u0323\u0307", "a\u0307\u0323"), ("\u0958", "\u0915\u093c"), ("\uf900", "\u8c48"))
ODD = ("\u202e1", "\u200b", "\ufeff1", "\U0001f469\u200d\U0001f469\u200d\U0001f466", "a\u0300" * 60, "\ufffd", "\U0010ffff", "..", "../..", "%2e%2e",
       "a/b", "a b", "'; DROP TABLE users; --", "<script>alert(1)</script>", "=1+1", "NaN", "-0", "1e3", "007", "9223372036854775808", " ", "\u00a0")


def refresh(server, seconds=30):
    """Asks for a refresh and waits for its end; whether there is a newer run."""
    before = server.get("/summary").json["snapshot"]["run"]
    server.post("/admin/refresh", None)
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.is_alive:
        summary = server.get("/summary").json
        if summary["snapshot"]["run"] > before:
            return True
        if not summary["refreshing"] and "refresh failed" in server.messages:
            return False
        time.sleep(0.05)
    return False


def users_of(server, pairs):
    return [server.get(f"/users/{quote(name, safe='')}") for pair in pairs for name in pair]


def test_normalization_of_ratings(lab):
    """15.2: users whose ids differ only by normalization are two users, and refreshes go on"""
    server = lab.serve(None, "--log-level", "notice", "--compare", "none")
    for number, pair in enumerate(PAIRS):
        assert unicodedata.normalize("NFC", pair[0]) == unicodedata.normalize("NFC", pair[1])
        statuses = [server.rate(pair[0], "5", 5).status, server.rate(pair[1], "6", 1).status]
        check(statuses == [200, 200], f"15.2: ratings of pair {number}", statuses)
    check(refresh(server), "15.2: a refresh with ids that differ by normalization", server.messages[-200:])
    for name, answer in zip([name for pair in PAIRS for name in pair], users_of(server, PAIRS)):
        newest = [rating["item_id"] for rating in answer.json.get("newest", [])]
        mine = "5" if any(name == first for first, _ in PAIRS) else "6"
        check(answer.status == 200 and newest == [mine], f"15.2: user {name.encode().hex()} has her rating alone", f"{answer.status} {newest}")
    check(refresh(server), "15.2: the next refresh")
    server.stop()
    again = lab.serve(server.store, "--log-level", "notice", "--compare", "none")
    check(all(answer.status == 200 for answer in users_of(again, PAIRS)), "15.2: after a restart all are there")
    outcome = lab.run("graph", server.store, "--output", lab.folder / "graph", "--quiet")
    check(outcome.returncode == 0, "15.2: kindred graph on such a store", outcome.stderr[-200:])


def test_normalization_of_files(lab):
    """15.2: a file with such ids is imported, and its store is served; commands read the file as well"""
    file, store = lab.folder / "twins.csv", lab.folder / "twins.sqlite"
    rows = [f"{user},{item},{1 + (len(user) + place) % 5},{10**9 + place}"
            for pair in PAIRS for user in pair for place, item in enumerate([*(n for pair in PAIRS for n in pair), *map(str, range(20))])]
    file.write_text("userId,movieId,rating,timestamp\n" + "\n".join(rows) + "\n")
    outcome = lab.run("import", file, "--store", store, "--quiet")
    check(outcome.returncode == 0, "15.2: import", outcome.stderr[-200:])
    try:
        server = lab.serve(store, "--log-level", "notice", timeout=10)
        check(all(answer.status == 200 for answer in users_of(server, PAIRS)), "15.2: the store of an import is served")
        items = [server.get(f"/movies/{quote(name, safe='')}").status for pair in PAIRS for name in pair]
        check(items == [200] * len(items), "15.2: items whose ids differ by normalization", items)
    except RuntimeError as error:
        check(False, "15.2: the store of an import is served", error)
    for command in (["graph", file, "--output", lab.folder / "g"], ["train", file, "--output", lab.folder / "m"],
                    ["recommend", file, "--user", PAIRS[0][1]], ["compare", file, "--models", "als,knn", "--output", lab.folder / "c"]):
        outcome = lab.run(*command, "--quiet")
        check(outcome.returncode == 0, f"15.2: kindred {command[0]} on such a file", outcome.stderr[-200:])
    lines = (lab.folder / "g/users.csv").read_text().splitlines() if (lab.folder / "g/users.csv").exists() else []
    check(len(lines) == 2 * len(PAIRS) + 1, "15.2: users.csv has a line for each", len(lines))


def test_odd_ids(server):
    """15.2: any id is either refused with 422 or stored and found again, byte for byte"""
    for name in ODD:
        user = f"attack-{name}"
        answer = server.rate(user, "5", 3)
        if answer.status != 200:
            check(answer.status == 422, f"15.2: the id {user.encode()[:40]}", answer)
            continue
        found = server.get(f"/users/{quote(user, safe='')}")
        check(found.status == 200 and found.json["id"] == user, f"15.2: the id {user.encode()[:40]}", found)
        gone = server.ask("DELETE", f"/ratings/{quote(user, safe='')}/5")
        check(gone.status == 204, f"15.2: removal for the id {user.encode()[:40]}", gone)
    for body in (b'{"user_id":"attack-\\ud800","item_id":"5","rating":3}', b'{"user_id":"attack-\\u0000","item_id":"5","rating":3}',
                 b'{"user_id":"attack-\xff","item_id":"5","rating":3}', b'{"user_id":"attack-\xed\xa0\x80","item_id":"5","rating":3}'):
        answer = server.post("/ratings", body, headers={"Content-Type": "application/json"})
        check(answer.status in (400, 422), f"15.2: the body {body[:40]}", answer)
