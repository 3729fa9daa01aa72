"""Consent by purpose and pseudonyms: who has withdrawn is out of all answers within a second, as if they had never rated."""

import contextlib
import csv
import hashlib
import hmac
import os
import time
import urllib.error

from lib import ask, check, query, wait


def source(lab, name="ratings.csv", without=()):
    """Ratings of 60 users, but for some of them."""
    path = lab.folder / name
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["user_id", "item_id", "rating", "timestamp"])
        for user in range(1, 61):
            for item in range(1, 41):
                if (user * 7 + item * 13) % 5 < 2 and user not in without:
                    rows.writerow([user, item, 1 + (user * item + user) % 5, 1_000_000 + user * 100 + item])
    return path


def imported(lab, name, *options, without=()):
    store = lab.folder / f"{name}.sqlite"
    lab.kindred("import", source(lab, f"{name}.csv", without), "--store", store, "--quiet", *options)
    return store


def graph(lab, store, name, *options):
    """What `kindred graph` writes, by the names of the files; summary.json has seconds in it."""
    output = lab.folder / name
    lab.kindred("graph", store, "--output", output, "--quiet", *options)
    return {path.name: path.read_bytes() for path in output.iterdir() if path.name != "summary.json"}


def until(condition, seconds=5.0):
    """After how many seconds a condition that is asked for holds; None where it never does."""
    began = time.monotonic()
    while (asked := time.monotonic() - began) < seconds:
        if condition():
            return asked
        time.sleep(0.01)
    return None


def status(url):
    try:
        ask(url)
    except urllib.error.HTTPError as error:
        return error.code
    return 200


def test_graph_without_a_user(lab):
    """`kindred graph` on a store writes the bytes of a store that never had who has withdrawn, and all again once they consent."""
    store = imported(lab, "whole")
    before = graph(lab, store, "before")
    lab.kindred("privacy", "consent", store, "--user", "7", "--withdraw", "personalization", "--source", "letter")
    lab.kindred("privacy", "restrict", store, "--user", "12")
    without = graph(lab, store, "without")
    never = graph(lab, imported(lab, "never", without={7, 12}), "never")
    check(without == never and set(never) >= {"users.csv", "edges.csv", "graph.graphml"}, "the graph is that of a store without them")
    check(without != before, "and another than before")
    lab.kindred("privacy", "consent", store, "--user", "7", "--grant", "personalization")
    lab.kindred("privacy", "restrict", store, "--user", "12", "--lift")
    check(graph(lab, store, "again") == before, "consent brings the same bytes back")


def test_within_a_second(lab):
    """A withdrawal by route and one by the command line of another process are in the answers of a service within a second."""
    store = lab.store()
    _, address = lab.serve(store, "--models", "als,knn,popularity")
    wait("a snapshot", lambda: status(f"{address}/users/1/neighbors") == 200, 120)
    wait("the graph that follows", lambda: ask(f"{address}/users/1/neighbors?count=100")["items"], 60)

    def near(user):
        with contextlib.suppress(urllib.error.HTTPError):
            return [other["user_id"] for other in ask(f"{address}/users/{user}/neighbors?count=100")["items"]]
        return []

    def everywhere(user, friends):
        """Whether any answer still tells of a user."""
        return (
            any(user in near(friend) for friend in friends)
            or f'"{user}"' in str(ask(f"{address}/graph.csv")).replace(",", '","')
            or status(f"{address}/users/{user}/recommendations") == 200
        )

    first, second = near("1")[0], near("1")[1]
    for user, withdraw in (
        (first, lambda: ask(f"{address}/users/{first}/consent/personalization", "PUT", {"granted": False})),
        (second, lambda: lab.kindred("privacy", "consent", store, "--user", second, "--withdraw", "personalization")),
    ):
        friends = [other for other in near(user)[:5] if other not in (first, second)]
        check(any(user in near(friend) for friend in friends), "a user is near others", user)
        withdraw()
        seconds = until(lambda: not everywhere(user, friends))  # noqa: B023
        check(seconds is not None and seconds < 1, "the user is out of all answers within a second", f"{seconds} s")
        check(status(f"{address}/users/{user}/recommendations") == 409, "nothing is recommended to them")
        check(status(f"{address}/users/{user}/neighbors") == 409, "nobody is near them")
        check(ask(f"{address}/users/{user}")["ratings"] > 0, "they still see their data")
        fans = [fan["user_id"] for fan in ask(f"{address}/movies/1/fans?per_page=100")["items"]]
        check(user not in fans, "they are among the fans of no film")
    wait("a refresh", lambda: query(store, "SELECT max(run) FROM runs")[0][0] > 1, 120)
    check(query(store, f"SELECT count(*) FROM neighbors JOIN users ON users.user = neighbor WHERE id = '{first}'")[0][0] == 0, "the next run has no trace of them")
    ask(f"{address}/users/{first}/consent/personalization", "PUT", {"granted": True, "source": "settings"})
    seconds = until(lambda: first in near("1"))
    check(seconds is not None and seconds < 1, "consent brings them back within a second", f"{seconds} s")
    state = ask(f"{address}/users/{first}/consent")
    check(state["purposes"][0]["granted"] and state["purposes"][0]["source"] == "settings", "the state tells of it", state)


def test_decisions_in_bulk(lab):
    """A file of decisions is judged row by row: good rows count, bad ones are named by their lines."""
    store = imported(lab, "bulk")
    decisions = lab.folder / "decisions.csv"
    decisions.write_text(
        "user_id,purpose,decision,time,source\n"
        "1,export,withdraw,2020-01-02,form 1\n2,all,withdraw\n3,exports,withdraw\n4,export,maybe\n5,export,withdraw,soon\n"
        "6,analytics,withdraw,99999999999\n1,export,grant,2019-01-01,older\n,export,grant\n"
    )
    run = lab.run("privacy", "consent", store, "--file", decisions)
    named = [line.split(":")[1] for line in run.stderr.splitlines() if line.startswith(str(decisions))]
    check(run.returncode == 1 and named == ["4", "5", "6", "7", "9"], "bad rows are named by their lines", run.stderr)
    check("3 rows stored, 5 rows not" in run.stdout, "and counted", run.stdout)
    counts = lab.kindred("privacy", "consent", store, "--json")["withheld_users"]
    check(counts == {"personalization": 1, "analytics": 1, "export": 2, "stream-learning": 1}, "good rows count, the later decision last", counts)
    published = lab.run("publish", store, "--output", "-").stdout
    users = {line.split('"user_id":"')[1].split('"')[0] for line in published.splitlines() if '"user_id":"' in line}
    check("3" in users and not users & {"1", "2"}, "who is withheld from exports is not published", len(users))
    views = lab.run("sql", store, "SELECT count(*) FROM active_users", "--format", "csv").stdout
    check(views.split()[-1] == "59", "statistics leave out who is withheld from analytics", views)


def test_denied_by_default(lab):
    """Where the default is denied nobody counts before they consent, also who comes later."""
    store = imported(lab, "denied")
    lab.kindred("privacy", "consent", store, "--default", "denied")
    run = lab.run("graph", store, "--output", lab.folder / "nothing")
    check(run.returncode == 1 and "may be used for personalization" in run.stderr, "there is no graph of nobody", run.stderr)
    for user in range(1, 31):
        lab.kindred("privacy", "consent", store, "--user", user, "--grant", "personalization,export")
    lab.kindred("import", source(lab, "more.csv"), "--store", store, "--quiet")
    some = graph(lab, store, "some")
    check(some == graph(lab, imported(lab, "half", without=set(range(31, 61))), "half"), "the graph is that of those who have consented")
    lab.kindred("privacy", "consent", store, "--default", "granted")
    check(graph(lab, store, "all") == graph(lab, imported(lab, "everybody"), "everybody"), "and of all once the default is granted")


def key(lab, name):
    path = lab.folder / name
    path.write_bytes(os.urandom(32))
    path.chmod(0o600)
    return path


def named(path, user):
    return hmac.new(path.read_bytes(), user.encode(), hashlib.sha256).hexdigest()[:32]


def test_pseudonyms(lab):
    """Pseudonyms are those of Python's hmac; other ids, other keys and keys that others may read are refused; a rotation keeps who is who."""
    first, second = key(lab, "first"), key(lab, "second")
    store = imported(lab, "names", "--pseudonymize", "--key-file", first)
    ids = {row[0] for row in query(store, "SELECT id FROM users")}
    check(ids == {named(first, str(user)) for user in range(1, 61)}, "pseudonyms are those of hmac")
    check(first.read_bytes() not in store.read_bytes(), "the key is not in the store")
    more = source(lab, "more.csv")
    more.write_text(more.read_text() + "61,1,5,2000000\n")
    run = lab.run("import", more, "--store", store)
    check(run.returncode == 1 and "pseudonyms" in run.stderr, "ids are refused", run.stderr)
    run = lab.run("import", more, "--store", store, "--pseudonymize", "--key-file", second)
    check(run.returncode == 1 and "given key" in run.stderr, "another key is refused", run.stderr)
    second.chmod(0o644)
    run = lab.run("privacy", "rotate", store, "--key-file", first, "--new-key-file", second)
    check(run.returncode == 1 and "others may read" in run.stderr, "a key that others may read is refused", run.stderr)
    second.chmod(0o600)
    lab.kindred("privacy", "rotate", store, "--key-file", first, "--new-key-file", second)
    ids = {row[0] for row in query(store, "SELECT id FROM users")}
    check(ids == {named(second, named(first, str(user))) for user in range(1, 61)}, "each pseudonym is made of the one before")
    lab.kindred("import", more, "--store", store, "--pseudonymize", "--key-file", first, "--key-file", second, "--quiet")
    check(query(store, "SELECT count(*) FROM users")[0][0] == 61, "an import with both keys knows who is who")
    check(lab.run("graph", store, "--output", lab.folder / "rotated").returncode == 0, "the store is whole")


def test_exports_cannot_be_joined(lab):
    """Exports by two keys have no id in common, and are the same graph."""
    store = imported(lab, "exports")
    keys = [key(lab, "one"), key(lab, "two")]
    users = []
    for place, path in enumerate(keys):
        files = graph(lab, store, f"export{place}", "--pseudonym-key", path)
        users.append({row["user_id"]: row["ratings"] for row in csv.DictReader(files["users.csv"].decode().splitlines())})
    check(len(users[0]) == 60 and not set(users[0]) & set(users[1]), "no id is in both")
    check({named(keys[0], str(user)) for user in range(1, 61)} == set(users[0]), "the ids are those of the key")
    check(sorted(users[0].values()) == sorted(users[1].values()), "the users are the same")
    published = lab.run("publish", store, "--output", "-", "--pseudonym-key", keys[0]).stdout
    check(named(keys[0], "7") in published and '"user_id":"7"' not in published, "publish has pseudonyms")
