"""The unit of systemd: valid, closed to what the service does not need, and open to all that it does."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import urllib.error

from composefile import options
from lib import ROOT, Running, Skipped, ask, check, free_port, wait

UNITS = ROOT / "deploy/systemd"
# Tenths of systemd's score, of 100: below 20 it says OK, and a unit without any of this has 96.
THRESHOLD = 15
# Calls that every program makes, and so often that tracing them takes minutes; systemd's @basic-io, @default and @signal have them.
COMMON = "futex,read,write,pread64,pwrite64,readv,writev,lseek,madvise,clock_nanosleep,epoll_wait,epoll_pwait,sched_yield"


def analyze(*arguments):
    if not shutil.which("systemd-analyze"):
        raise Skipped("systemd-analyze is missing")
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, check=False)


def installed(lab, name, change=lambda text: text, with_options=False):
    """The unit as it would be installed with the program under test; returns its path."""
    folder = lab.folder / name
    dropins = folder / "kindred.service.d"
    dropins.mkdir(parents=True)
    for source, target in ((UNITS / "kindred.service", folder), (UNITS / "secure.conf", dropins)):
        if target == folder or with_options:
            (target / source.name).write_text(change(source.read_text()).replace("/usr/local/bin/kindred", lab.program))
    return folder / "kindred.service"


def complaints(unit):
    run = analyze("verify", "--man=no", unit)
    # Other units of this machine are none of ours.
    return [line for line in run.stderr.splitlines() if "kindred" in line]


def test_unit(lab):
    """systemd takes the unit, alone and with the options of secure.conf, and its exposure is low."""
    for with_options in (False, True):
        what = "kindred.service with secure.conf" if with_options else "kindred.service"
        unit = installed(lab, what.replace(" ", "-"), with_options=with_options)
        check(not (found := complaints(unit)), f"{what} is valid", found)
        run = analyze("security", "--offline=true", f"--threshold={THRESHOLD}", unit)
        exposure = re.search(r"exposure level for \S+: ([\d.]+)", run.stdout)
        check(
            run.returncode == 0 and exposure, f"{what} is exposed to {exposure and exposure[1]} of 10, at most {THRESHOLD / 10}"
        )
    for name in ("kindred.service", "secure.conf"):
        lines = (UNITS / name).read_text().replace("\\\n", " ")
        command = re.findall(r"(?m)^ExecStart=\S+ (.*)", lines)[-1].replace("%S", "/var/lib")
        credentials = set(re.findall(r"(?m)^LoadCredential=([\w.-]+):", lines))
        check(set(re.findall(r"%d/([\w.-]+)", command)) == credentials, f"{name} uses its credentials", sorted(credentials))
        said = options(lab.program, *command.replace("%d/", "/run/credentials/").split())
        check(not said, f"kindred takes the options of {name}", said)


def test_planted_faults(lab):
    """Faults that are planted in the unit are found."""
    for number, (what, right, wrong) in enumerate(
        (
            ("a misspelt key", "ProtectSystem=", "ProtectSytem="),
            ("a value", "ProtectHome=yes", "ProtectHome=maybe"),
            ("a section", "[Install]", "[Instal]"),
            ("a group of calls", "SystemCallFilter=@system-service", "SystemCallFilter=@sytem-service"),
            ("a program that is missing", "/usr/local/bin/kindred", "/usr/local/bin/kindered"),
        )
    ):
        unit = installed(lab, f"fault-{number}", lambda text, right=right, wrong=wrong: text.replace(right, wrong, 1))
        found = complaints(unit)
        check(found, f"{what} is found", found)
    for number, line in enumerate(("DynamicUser=yes", "PrivateDevices=yes", "CapabilityBoundingSet=", "RestrictNamespaces=yes")):
        unit = installed(lab, f"open-{number}", lambda text, line=line: text.replace(line + "\n", "", 1))
        run = analyze("security", "--offline=true", f"--threshold={THRESHOLD}", unit)
        check(run.returncode != 0, f"a unit without {line} is found", run.stdout.strip().splitlines()[-1])


def calls(names):
    """The system calls of systemd's groups."""
    found = set()
    for name in names:
        if not name.startswith("@"):
            found.add(name)
            continue
        lines = analyze("syscall-filter", name).stdout.splitlines()[1:]
        found |= calls(line.strip() for line in lines if line.strip() and not line.strip().startswith("#"))
    return found


def allowed(filters):
    """The calls that SystemCallFilter lines allow, one after the other."""
    found = calls(["@default"])
    for line in filters:
        found = found - calls(line[1:].split()) if line.startswith("~") else found | calls(line.split())
    return found


class Traced:
    """A process that outlives its tracer."""

    def __init__(self, id):
        self.id = id

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.id, signal.SIGKILL)


def is_ready(address):
    with contextlib.suppress(urllib.error.HTTPError):
        return ask(f"{address}/readyz")


def test_calls(lab):
    """The service, its refresh and its SQL do nothing that the unit forbids: calls, executable memory, families of sockets."""
    if not shutil.which("strace"):
        raise Skipped("strace is missing")
    unit = (UNITS / "kindred.service").read_text()
    filters = re.findall(r"(?m)^SystemCallFilter=(.*)", unit)
    store, trace = lab.folder / "store.sqlite", lab.folder / "trace"
    lab.kindred("import", ROOT / "data/sample", "--store", store, "--quiet")
    # It speaks with Kafka and Elasticsearch too; that nobody answers makes no difference to what it may do.
    tracing = ["strace", "--follow-forks", "--seccomp-bpf", "--quiet=all", "-e", f"trace=!{COMMON}", "-o", str(trace)]
    command = ["serve", "--store", str(store), "--port", "0", "--compare", "none", "--metrics-dir", str(lab.folder / "metrics")]
    others = ["--kafka", f"localhost:{free_port()}", "--elasticsearch", f"http://localhost:{free_port()}"]
    traced = lab.closing(Running([*tracing, lab.program, *command, *others]))
    address = next(found[1] for line in traced.process.stdout if (found := re.search(r"answers at (http://[0-9.:]+)", line)))
    traced.follow()
    service = lab.closing(Traced(int(re.match(r"\d+", trace.read_text())[0])))
    rows = ask(f"{address}/admin/sql", "POST", {"sql": "SELECT count(*) AS ratings FROM ratings"}, timeout=60)
    check("25000" in str(rows), "SQL is answered", rows)
    wait("the first refresh", lambda: is_ready(address), 90)
    ask(f"{address}/graph.csv", timeout=60)
    os.kill(service.id, signal.SIGTERM)
    traced.process.wait(30)

    text = trace.read_text()
    made = set(re.findall(r"(?m)^\d+ +(?!syscall_)(\w+)\(", text))
    # SQLite does this as root alone, as the tests may be.
    made.discard("fchown")
    forbidden = made - allowed(filters)
    check(len(made) > 30 and not forbidden, f"all {len(made)} calls are allowed", sorted(forbidden))
    missed = made - allowed(filters[:-1])
    check(missed, "a filter that forbids some of them would be found", sorted(missed))
    writable = re.findall(r"(?m)^.*(?:mmap|mprotect)\(.*PROT_WRITE\|PROT_EXEC.*$", text)
    # The loader maps libraries executable; what was writable never becomes so.
    made_executable = re.findall(r"(?m)^.*mprotect\(.*PROT_EXEC.*$", text)
    check(not writable and not made_executable, "no memory is both written and executed", (writable + made_executable)[:2])
    families = set(re.findall(r"socket(?:pair)?\((AF_\w+)", text))
    permitted = set(re.search(r"RestrictAddressFamilies=(.*)", unit)[1].split())
    check(families <= permitted, "sockets are of the families that are allowed", sorted(families))
    check(
        "setpriority(" in text and "prlimit64(" in text and "EPERM" not in re.findall(r"setpriority.*", text)[0],
        "a query has limits and a lower priority",
    )
