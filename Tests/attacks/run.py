"""Runs the attacks and prints a line for each check; ends with 1 where one fails. script/attack says how.

    run.py [--program PATH] [--long] [--i-may-attack-it] [--key KEY] [ADDRESS] [NAME…]
"""

import argparse
import importlib
import ipaddress
import os
import signal
import socket
import sys
import tempfile
import time
import traceback
import urllib.parse
from inspect import signature
from pathlib import Path

from lib import HERE, Lab, Service, check

# An attack that takes longer hangs.
SECONDS = {False: 90, True: 1800}


def attacks(names):
    """The attacks whose file or function one of the names is part of; all without names."""
    for path in sorted(HERE.glob("test_*.py")):
        for name, function in vars(importlib.import_module(path.stem)).items():
            full = f"{path.stem}.{name}"
            if name.startswith("test_") and callable(function) and (not names or any(part in full for part in names)):
                yield full, function


def is_loopback(address):
    host = urllib.parse.urlsplit(address).hostname or ""
    found = socket.getaddrinfo(host, None)
    return all(ipaddress.ip_address(entry[4][0]).is_loopback for entry in found)


def raise_timeout(*_):
    raise TimeoutError("the attack hangs")


def run(name, attack, arguments, folders):
    """Runs one attack on a server of its own, or on the one that was named."""
    started = time.monotonic()
    title = (attack.__doc__ or name).strip().splitlines()[0]
    print(f"\n{name}: {title}", flush=True)
    lab = Lab(arguments.program, Path(tempfile.mkdtemp(dir=folders / "labs")), folders / "prepared", arguments.long)
    signal.alarm(SECONDS[arguments.long])
    try:
        wanted = signature(attack).parameters
        given = {"lab": lab}
        if "server" in wanted:
            given["server"] = Service(arguments.address, arguments.key) if arguments.address else lab.serve()
        attack(**{key: given[key] for key in wanted})
        if "server" in wanted:
            check(given["server"].is_well(), f"{name}: the server is well afterwards")
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        check(False, f"{name}: {type(error).__name__}", f"{error} at {Path(frame.filename).name}:{frame.lineno}")
    finally:
        signal.alarm(0)
        for death in lab.close():
            check(False, f"{name}: a server died", death)
    print(f"     {time.monotonic() - started:.1f} s", flush=True)


def parse():
    parser = argparse.ArgumentParser(prog="script/attack", description="Attacks a server of Kindred.")
    parser.add_argument("--program", default=str(HERE.parent.parent / ".build/release/kindred"), help="the program under attack")
    parser.add_argument("--long", action="store_true", help="more of everything; takes up to an hour")
    parser.add_argument("--key", default=os.environ.get("KINDRED_KEY"), help="an API key for ADDRESS")
    parser.add_argument("--i-may-attack-it", action="store_true", help="the owner of ADDRESS, another machine, agrees")
    parser.add_argument("names", nargs="*", metavar="ADDRESS | NAME", help="a server that runs; parts of names of attacks")
    arguments = parser.parse_args()
    addresses = [name for name in arguments.names if "://" in name]
    arguments.names = [name for name in arguments.names if name not in addresses]
    arguments.address = addresses[0] if addresses else None
    if len(addresses) > 1:
        parser.error("name one address")
    if arguments.address and not arguments.address.startswith("http://"):
        parser.error("the attacks speak HTTP without TLS: name an address with http://")
    if arguments.address and not arguments.i_may_attack_it and not is_loopback(arguments.address):
        parser.error(f"{arguments.address} is another machine: attack it with its owner's consent alone, and say --i-may-attack-it")
    return arguments


def main():
    arguments = parse()
    signal.signal(signal.SIGALRM, raise_timeout)
    # Whoever ends the attacks ends their servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        folders = Path(folder)
        for name in ("labs", "prepared"):
            (folders / name).mkdir()
        for name, attack in attacks(arguments.names):
            # Against a server that runs elsewhere there are no files to damage.
            if arguments.address and "lab" in signature(attack).parameters:
                continue
            run(name, attack, arguments, folders)
    print(f"\n{check.count} checks, {len(check.failures)} failed, {time.monotonic() - started:.0f} s")
    for failure in check.failures:
        print(f"FAIL {failure}", file=sys.stderr)
    sys.exit(1 if check.failures or not check.count else 0)


if __name__ == "__main__":
    main()
