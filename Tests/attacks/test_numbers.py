"""15.5: numbers out of range, in every option of every command, in every parameter of every path, and in ratings."""

import itertools
import json
import random
import re
import resource
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from lib import check

VALUES = ("0", "-1", "9223372036854775807", "9223372036854775808", "2147483648", "nan", "inf", "-inf", "1e30", "1e-30", "1e308", "", "1,5", "0x10")
# What each command needs, so that it gets as far as the option, which is left out here where it is the one that is tried.
NEEDS = {
    "graph": {"source": "RATINGS", "output": "out"}, "neighbors": {"source": "RATINGS", "user": "1"},
    "train": {"source": "RATINGS", "output": "model", "model": "als"}, "recommend": {"source": "RATINGS", "user": "1", "model": "als"},
    "compare": {"source": "RATINGS", "models": "als,knn", "output": "compared"},
    "tune": {"source": "RATINGS", "models": "als", "trials": "2", "output": "tuned"},
    "import": {"source": "RATINGS", "store": "imported.sqlite"}, "sql": {"store": "STORE", "query": "SELECT 1"},
    "analytics": {"store": "STORE", "output": "analytics"},
    "serve": {"store": "STORE", "port": "0", "models": "popularity", "compare": "none"},
    "privacy budget": {"store": "STORE"},
    "privacy publish": {"store": "STORE", "view": "rating_distribution", "epsilon": "1", "output": "counts.csv"},
    "generate": {"shape": "50x40x500", "output": "made.csv"}, "keys list": {"store": "STORE"},
    "keys add": {"store": "STORE", "name": "n", "role": "read"}, "keys remove": {"store": "STORE", "name": "n"},
}
# Options that only one model looks at.
MODELS = {"samples": "bayes", "burn-in": "bayes", "bayes": "bayes", "implicit": "implicit", "ease": "ease", "blend": "blend", "knn": "knn",
          "neighbors": "knn", "min-support": "knn", "shrinkage": "knn", "baseline": "als"}
SECONDS = 10


def commands(node, path=()):
    """The commands of the program with their arguments, from the parser's own list."""
    if node.get("subcommands"):
        for command in node["subcommands"]:
            yield from commands(command, (*path, command["commandName"]))
    else:
        yield " ".join(path), node.get("arguments", [])


def cases(program_help):
    """Each command with each value of each of its options and of each name inside an option."""
    for command, arguments in commands(program_help["command"]):
        for argument in arguments if command in NEEDS else ():
            name = (argument.get("preferredName") or {}).get("name") or argument["valueName"]
            if argument["kind"] == "flag" or name in ("store", "source", "query", "help"):
                continue
            inner = re.findall(r"([a-z-]+)=", argument.get("abstract", "")) if "any of" in argument.get("abstract", "") else [None]
            for part, value in itertools.product(inner, VALUES):
                yield command, argument["kind"], name, f"{part}={value}" if part else value


def command_line(case, places):
    command, kind, name, value = case
    needs = {key: places.get(need, need) for key, need in NEEDS[command].items() if key != name}
    if name in MODELS and "model" in needs and not (command == "train" and MODELS[name] in ("knn", "ease", "blend")):
        needs["model"] = MODELS[name]
    positional = [needs.pop(key) for key in ("source", "store", "query", "shape") if key in needs and (key != "store" or command in
                                                                                                  ("sql", "analytics") or command[:4] == "keys")]
    given = [f"--{key}={need}" for key, need in needs.items()]
    return [*command.split(), *positional, *given, f"--{name}={value}" if kind == "option" else value]


def limit_memory():
    """A huge number may not take the memory of the machine that the attacks run on."""
    resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))


def outcome_of(lab, arguments, folder, patience=SECONDS):
    """Whether a command ends as it should, and how it ended."""
    folder.mkdir(exist_ok=True)
    serves, started = arguments[0] == "serve", time.monotonic()
    try:
        result = lab.run(*arguments, timeout=1 if serves else patience, cwd=folder, preexec_fn=limit_memory)
    except subprocess.TimeoutExpired:
        if serves or patience > SECONDS:
            return serves, "serves" if serves else f"still runs after {patience} s"
        # A busy machine is told from a command without end by patience.
        return outcome_of(lab, arguments, folder, 3 * SECONDS)
    said = (result.stderr.strip().splitlines() or [""])[0]
    good = result.returncode in (0, 1, 64) and (result.returncode == 0 or "rror" in result.stderr)
    return good, f"exit code {result.returncode} after {time.monotonic() - started:.1f} s: {said[:160]}"


def test_options(lab):
    """15.5: no number in any option crashes a command or makes it run without end"""
    every = list(cases(json.loads(lab.run("--experimental-dump-help").stdout)))
    chosen = every if lab.long else sorted(random.Random(15).sample(every, 150))
    store = lab.store()

    def run(numbered):
        number, case = numbered
        # Each has a store of its own: an import or a key may change it.
        own = lab.store(f"numbers-{number}") if case[0].startswith(("keys", "serve")) else store
        places = {"RATINGS": str(lab.prepared / "120x90x3000.csv"), "STORE": str(own)}
        return outcome_of(lab, command_line(case, places), lab.folder / f"run-{number}")

    failures = 0
    with ThreadPoolExecutor(2) as pool:
        for case, (good, figures) in zip(chosen, pool.map(run, enumerate(chosen))):
            failures += not good
            if not good:
                command, _, name, value = case
                check(False, f"15.5: kindred {command} --{name}={value}", figures)
    check(not failures, f"15.5: options with extreme numbers: {len(chosen)} of {len(every)} tried", f"{failures} failed")


def test_parameters(server):
    """15.5: no number in any parameter of any path is answered with 5xx"""
    interface = server.get("/openapi.json").json
    shared = interface["components"]["parameters"]
    tried = 0
    for path, methods in interface["paths"].items():
        if path == "/events" or "get" not in methods:
            continue
        parameters = [shared[p["$ref"].rpartition("/")[2]] if "$ref" in p else p
                      for p in methods["get"].get("parameters", []) + methods.get("parameters", [])]
        plain = re.sub(r"\{\w+\}", "1", path)
        names = [p["name"] for p in parameters if p["in"] == "query"]
        requests = [f"{plain}?{name}={value}" for name in names for value in VALUES]
        requests += [re.sub(r"\{\w+\}", value, path) for value in VALUES if "{" in path and value]
        for request in requests:
            tried += 1
            answer = server.get(request.replace(" ", "%20"), timeout=10)
            if answer.status >= 500:
                check(False, f"15.5: GET {request}", answer)
    check(tried > 100, f"15.5: parameters with extreme numbers: {tried} requests")


def test_ratings(server):
    """15.5: a rating is a number of the scale, or is refused"""
    for number in ("1e30", "-1e30", "1e400", "-1e400", "NaN", "Infinity", "-Infinity", "nan", "0", "-0", "-1", "5.01", "6", "99", "1e-300",
                   "0.1e-400", "null", "true", '"5"', "[5]", "{}", "5.", ".5", "+5", "05", "0x5", "1e", "9" * 400, "0." + "1" * 5000, "5e0x"):
        body = f'{{"user_id":"attack-numbers","item_id":"5","rating":{number}}}'.encode()
        answer = server.post("/ratings", body, headers={"Content-Type": "application/json"})
        check(answer.status in (400, 422), f"15.5: the rating {number[:20]}", answer)
        body = f'{{"ratings":[{{"item_id":"5","rating":{number}}}],"count":{number}}}'.encode()
        answer = server.post("/recommendations", body, headers={"Content-Type": "application/json"})
        check(answer.status in (400, 422), f"15.5: a guest's rating {number[:20]}", answer)
