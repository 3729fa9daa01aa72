"""What a server on a store answers to all kinds of requests, and what end of a mutation follows from it."""

import contextlib
import http.client
import json
import time

# All models, of which the slow one is cut short.
OPTIONS = ("--bayes", "samples=20,burn-in=5", "--compare", "als", "--log-level", "warning")
# What differs between two runs on the same ratings, and what says that something is damaged.
VOLATILE = {"run", "seconds", "stages", "started", "age_seconds", "newest_minutes", "fit_seconds", "lists_per_second",
            "predictions_per_second", "trouble", "refreshing", "recommendations_served", "source", "arithmetic", "pages", "total"}
USERS = (1, 2, 17, 33, 50, 64, 77, 95, 111, 120)
PATHS = (
    "/users/1", "/users/1/neighbors?count=50", "/movies/5", "/movies/5/similar", "/movies/5/fans", "/movies?per_page=100",
    "/movies/search?q=the", "/recommendations?item_id=5", "/communities", "/communities/0?per_page=100", "/graph.csv",
    "/graph.graphml", "/graph/core", "/graph/heatmap", "/compare", "/summary", "/runs?per_page=1", "/ratings?count=100",
    "/analytics/top_items", *(f"/recommendations/generated?per_page=100&page={page}" for page in range(1, 5)),
    *(f"/users/{user}/recommendations?model={model}&count=20&explain=true"
      for user, model in zip(USERS, ("both", "als", "implicit", "bayes", "knn", "popularity", "blend", "both", "bayes", "als"))),
)
# A bad end must be told from a slow machine.
PATIENCE = 20


class End(Exception):
    """A mutation's end that is known before all was asked."""


def plain(value):
    """A JSON value without what differs between two runs."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items() if key not in VOLATILE}
    return [plain(part) for part in value] if isinstance(value, list) else value


def ask(server):
    """The answers to all paths."""
    answers = {}
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        for path in PATHS:
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                body = response.read()
                if response.getheader("Content-Type", "").partition(";")[0] in ("application/json", "application/problem+json"):
                    body = plain(json.loads(body))
                answers[path] = response.status, body
            except TimeoutError:
                raise End("HANG", path) from None
            except (OSError, http.client.HTTPException, ValueError) as error:
                time.sleep(0.1)
                if not server.is_alive:
                    raise End("CRASH", f"{path}, exit code {server.process.returncode}") from None
                answers[path] = 0, repr(error)
                connection.close()
    return answers


def start(lab, store):
    """Starts a server, or tells how it refused."""
    server = lab.serve(store, *OPTIONS, wait=False)
    end, said = time.monotonic() + PATIENCE, "no answer"
    while time.monotonic() < end:
        if not server.is_alive:
            code = server.process.returncode
            server.stopped = True
            raise End("refused" if code in (1, 64) and "rror" in server.messages else "CRASH",
                      f"exit code {code}: {server.messages.strip()[-160:]}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            answer = server.get("/readyz", timeout=PATIENCE)
            if answer.status == 200:
                return server
            # Computing is a matter of a second here, of some on a busy machine.
            if "computed" not in answer.detail or time.monotonic() > end - 5:
                time.sleep(0.2)
                if server.is_alive:
                    said = answer.detail
                    raise End("ERROR" if "being computed" in said or not said else "refused", f"/readyz: {said}")
        time.sleep(0.02)
    raise End("HANG", f"/readyz: {said}")


def run_of(server):
    return (server.get("/summary").json.get("snapshot") or {}).get("run")


def difference(before, after, place=""):
    """Where two JSON values differ first, and how."""
    if isinstance(before, dict) and isinstance(after, dict):
        key = next(key for key in sorted(before | after) if before.get(key) != after.get(key))
        return difference(before.get(key), after.get(key), f"{place}/{key}")
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        index = next(index for index in range(len(before)) if before[index] != after[index])
        return difference(before[index], after[index], f"{place}/{index}")
    return f"at {place or 'all'}: {str(after)[:60]} instead of {str(before)[:60]}"


def compare(server, reference):
    """The end by the answers of a server."""
    answers = ask(server)
    different = [path for path in PATHS if answers[path] != reference[path]]
    altered = [path for path in different if answers[path][0] < 400]
    broken = [path for path in different if answers[path][0] in (0, 500) or not answers[path][1]]
    if altered:
        raise End("ALTERED", f"{len(altered)} of {len(PATHS)} answers, {altered[0]} "
                  f"{difference(reference[altered[0]][1], answers[altered[0]][1])}")
    if broken:
        raise End("ERROR", f"{broken[0]}: {str(answers[broken[0]])[:160]}")
    if different:
        raise End("refused", f"{different[0]}: {str(answers[different[0]])[:160]}")
