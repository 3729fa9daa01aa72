"""15.10: an ETag belongs to one store and one state of it."""

import shutil

from lib import check

PATHS = ("/movies", "/users/1/neighbors", "/users/1/recommendations", "/communities", "/graph.csv", "/graph/core", "/compare",
         "/recommendations?item_id=5", "/movies/5")
OPTIONS = ("--models", "als,knn,popularity", "--compare", "als")


def tags(server):
    return {path: server.get(path).headers.get("etag") for path in PATHS}


def again(server, tags):
    """The statuses of the paths when each is asked with a tag from before."""
    return {path: server.get(path, headers={"If-None-Match": tag}).status for path, tag in tags.items() if tag}


def test_another_store(lab):
    """15.10: tags of a store are no tags of another one"""
    first = lab.serve(lab.store("first"), *OPTIONS)
    seen = tags(first)
    check(all(seen.values()), "15.10: these paths have tags", seen)
    statuses = again(first, seen)
    check(set(statuses.values()) == {304}, "15.10: the same store answers 304", statuses)
    second = lab.serve(lab.store("second", "110x80x2500", refreshed=False), *OPTIONS)
    statuses = again(second, seen)
    check(set(statuses.values()) == {200}, "15.10: another store answers 200 to the tags of the first", statuses)


def test_restored_backup(lab):
    """15.10: a backup that was restored and went another way answers 200 to tags of the time between"""
    store, backup = lab.store("restored", refreshed=False), lab.folder / "backup.sqlite"
    shutil.copy(store, backup)
    for rating in (5, 1):
        shutil.copy(backup, store)
        server = lab.serve(store, *OPTIONS, wait=False)
        server.wait_until_listening()
        server.rate("1", "5", rating)
        server.wait_until_ready()
        if rating == 5:
            seen = tags(server)
        else:
            statuses = again(server, seen)
            check(set(statuses.values()) == {200}, "15.10: a restored backup answers 200 to tags from before", statuses)
        server.stop()


def test_nothing_is_not_unmodified(server):
    """15.10: what does not exist is 404 and what is wrong is 400, whatever If-None-Match says"""
    tag = server.get("/movies").headers.get("etag")
    for path, status in (("/movies/nosuch", 404), ("/users/nosuch", 404), ("/users/nosuch/recommendations", 404),
                         ("/users/nosuch/neighbors", 404), ("/communities/999999", 404), ("/movies/nosuch/similar", 404),
                         ("/assets/nosuch.js", 404), ("/movies?page=x", 400), ("/movies?page=0", 400), ("/graph/core?count=-1", 400),
                         ("/movies?nosuch=1", 400), ("/recommendations?item_id=nosuch", 404), ("/movies?page=999999999", None)):
        for sent in (tag, "*", f'{tag}, "x"'):
            answer = server.get(path, headers={"If-None-Match": sent})
            check(answer.status == status if status else answer.status != 304, f"15.10: {path} with If-None-Match: {sent[:20]}", answer.status)


def test_odd_tags(server):
    """15.10: malformed conditions are ignored, lists are read"""
    tag = server.get("/movies").headers["etag"]
    for sent, status in ((f'"a", {tag}', 304), (f" {tag} ", 304), ("*", 304), ('"', 200), ("", 200), ("W/", 200), (tag[:-1], 200), (",,,", 200),
                         (f"{tag}x", 200), ('"' * 4000, 200), (", ".join(['"x"'] * 900), 200)):
        answer = server.get("/movies", headers={"If-None-Match": sent})
        check(answer.status == status, f"15.10: If-None-Match: {sent[:30]!r}", answer.status)
