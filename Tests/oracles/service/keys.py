"""Asks the HTTP service with keys of each role, with another, and without.

    keys.py BASE_URL READ_KEY WRITE_KEY ADMIN_KEY AUDITOR_KEY [RATE]

The service runs on a store with these four keys. With RATE, which is at least 100 and the service's `--rate-limit`, it is then
asked faster than that. Ends with an error where somebody is let in who may not, or kept out who may.
"""

import sys
import time

from service import Checks, Service

USER = "keys.py"
RATING = {"user_id": USER, "item_id": "1", "rating": 3}
ROLES = ("read", "write", "admin", "auditor")
# The roles that suffice for each that is needed.
SUFFICIENT = {"read": ROLES[:3], "write": ROLES[1:3], "admin": ROLES[2:3], "auditor": ROLES[3:]}
OPEN = ("/", "/healthz", "/readyz", "/openapi.json", "/assets/style.css")
# Method, path, body, the role that is needed, and the status for those who have it.
GUARDED = (
    *(("GET", path, None, "read", 200) for path in (
        "/movies", "/movies/search?q=the", "/movies/1", "/movies/1/similar", "/movies/1/fans", "/users/1", "/users/1/neighbors",
        "/users/1/recommendations", "/recommendations?item_id=1", "/recommendations/generated", "/ratings", "/communities",
        "/communities/0", "/graph/core", "/graph/heatmap", "/analytics",
        "/analytics/rating_distribution", "/summary", "/runs", "/metrics")),
    *(("GET", path, None, "admin", 200) for path in ("/graph.graphml", "/graph.csv")),
    *(("GET", path, None, "auditor", 200) for path in ("/audit", "/audit?format=csv&user=1", "/audit/verification")),
    ("POST", "/recommendations", {"ratings": [{"item_id": "1", "rating": 4}]}, "read", 200),
    ("POST", "/ratings", RATING, "write", 200),
    ("POST", "/admin/sql", {"sql": "SELECT 1"}, "admin", 200),
    ("POST", "/admin/refresh", None, "admin", 202),
)


def expect(check, status, service, who, method, path, body=None, headers=None):
    answer = service.ask(method, path, body, headers)
    check(answer.status == status, f"{method} {path} by {who}: {answer.status} instead of {status}: {answer.bytes[:200]}")
    if status == 401:
        challenge = answer.headers["WWW-Authenticate"] or ""
        check(challenge.startswith("Bearer"), f"{method} {path} by {who}: WWW-Authenticate is {challenge!r}")
    return answer


def roles(check, services):
    """Each role does what it may, and no more."""
    for who, service in services.items():
        for path in OPEN:
            expect(check, 200, service, who, "GET", path)
        for method, path, body, needed, good in GUARDED:
            if who not in ROLES:
                status = 401
            else:
                status = good if who in SUFFICIENT[needed] else 403
            expect(check, status, service, who, method, path, body)
    for who in ("nobody", "a stranger"):
        expect(check, 401, services[who], who, "GET", "/events")
        expect(check, 401, services[who], who, "DELETE", f"/ratings/{USER}/1")
    expect(check, 403, services["read"], "read", "DELETE", f"/ratings/{USER}/1")
    expect(check, 204, services["write"], "write", "DELETE", f"/ratings/{USER}/1")


def spellings(check, nobody, key):
    """The scheme is read in any case, and a key is a key only as a whole and as a bearer's."""
    for field, status in (
        (f"bearer {key}", 200), (f"BEARER {key}", 200), ("", 401), ("Bearer", 401), ("Bearer ", 401), (key, 401),
        (f"Basic {key}", 401), (f"Bearer {key[:-1]}", 401), (f"Bearer {key}x", 401), (f"Bearer {key} {key}", 401),
        (f"Bearer {key.upper()}", 401), ("Bearer \xff", 401), ("Bearer " + "x" * 5_000, 401),
    ):
        expect(check, status, nobody, repr(field[:20]), "GET", "/movies", headers={"Authorization": field})
    expect(check, 400, nobody, "a key in the query", "GET", f"/healthz?key={key}")


def names(check, services):
    """What one calls a request, another may call another."""
    name = {"Idempotency-Key": f"{USER} {time.time_ns()}"}
    for who, value in (("write", 3), ("admin", 4)):
        answer = expect(check, 200, services[who], who, "POST", "/ratings", {**RATING, "rating": value}, name)
        check(answer.json["repeated"] is False, f"{who} has the name of another")
    expect(check, 204, services["write"], "write", "DELETE", f"/ratings/{USER}/1")


def glass(check, services):
    """An administrator reads the audit with a reason, which is in it then; nobody else does."""
    reason = {"Break-Glass": "a test of keys.py"}
    answer = expect(check, 200, services["admin"], "admin", "GET", "/audit", headers=reason)
    check(answer.json["items"][0]["action"] == "break-glass", f"the newest entry is {answer.json['items'][0]}")
    expect(check, 400, services["admin"], "admin", "GET", "/audit", headers={"Break-Glass": "x"})
    for who in ("read", "write"):
        expect(check, 403, services[who], who, "GET", "/audit", headers=reason)
    told = services["auditor"].get("/audit/verification").json
    check(told["holds"] and told["problem"] is None, f"the audit does not hold: {told}")


def strangers(check, services):
    """Keys of applications are told who nobody else is; administrators are."""
    for path in ("/users/1/neighbors", "/ratings", "/communities/0", "/recommendations/generated"):
        for who in ("read", "write", "admin"):
            names = {row["user_id"] for row in services[who].get(path).json["items"]}
            check((names <= {None}) == (who != "admin"), f"{path} by {who} names {sorted(map(str, names))[:5]}")


def limits(check, services, rate):
    """Who asks too often has to wait, and is answered then."""
    for who in ("read", "a stranger", "nobody"):
        for _ in range(20 * rate):
            answer = services[who].get("/movies/1")
            if answer.status == 429:
                break
        wait = answer.headers["Retry-After"] or ""
        check(answer.status == 429 and wait.isdigit() and 1 <= int(wait) <= 5, f"{who}: {answer.status}, Retry-After {wait!r}")
        time.sleep(int(wait or 1))
        expect(check, 200 if who in ROLES else 401, services[who], who, "GET", "/movies/1")


def main(base_url, keys, rate=None):
    checks = Checks()
    services = {who: Service(base_url, checks, key) for who, key in zip(ROLES, keys)}
    services["nobody"] = Service(base_url, checks)
    services["a stranger"] = Service(base_url, checks, "kindred_" + "A" * 43)
    roles(checks.that, services)
    spellings(checks.that, services["nobody"], keys[0])
    names(checks.that, services)
    glass(checks.that, services)
    strangers(checks.that, services)
    if rate:
        limits(checks.that, services, rate)
    checks.end("keys")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:6], *map(int, sys.argv[6:]))
