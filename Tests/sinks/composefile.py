"""Checks of the compose files beyond what compose-go does: images, ports, health, secrets, hosts, and what each program is told.

`merged` gives the model of some compose files, `problems` what is wrong with it, a line each, and `found_in` both in one.
"""

import functools
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import settings
from lib import ROOT, Skipped, package_folder

DEPLOY = ROOT / "deploy"
PROGRAM_IMAGE = "kindred:local"
# Nothing that kindred knows: it then says which options it does not know, and does nothing.
UNKNOWN = "--what-nobody-knows"
ADDRESS = re.compile(r"(?:(https?)://)?\b([a-z][a-z-]*):(\d{2,5})\b")


def make_secrets(lab, *options):
    """The secrets, made in a folder of the test; returns the folder and what the script said."""
    if not shutil.which("openssl"):
        raise Skipped("openssl is missing")
    folder = lab.folder / "secrets"
    run = subprocess.run([ROOT / "script/secrets", *options, folder], capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"script/secrets ended with {run.returncode}: {run.stderr[-600:]}"
    return folder, run.stderr


class Invalid(Exception):
    """compose-go refuses the files."""


def merged(*files):
    """The model of compose files, as compose-go merges them, with the sample; paths are relative to `deploy`."""
    program = package_folder("compose") / "docker-compose"
    program.chmod(0o755)
    options = [part for file in files for part in ("--file", str(file))]
    run = subprocess.run(
        [program, "--project-directory", str(DEPLOY), "--profile", "*", *options, "config", "--format", "json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if run.returncode:
        raise Invalid(run.stderr.strip())
    return json.loads(run.stdout)


def found_in(lab, secrets, *files):
    """What compose-go or the checks find in files, the last of which may lie elsewhere."""
    try:
        return list(problems(merged(*(DEPLOY / file for file in files)), secrets, lab.program))
    except Invalid as error:
        return [str(error)]


def problems(model, secrets, program):
    """What is wrong with a model. `secrets` is a folder as script/secrets makes it, `program` the kindred that it is to run."""
    for name, service in model["services"].items():
        for check in (image, ports, health, dependencies, mounts, hosts, shell, settings.of_service):
            yield from (f"{name}: {problem}" for problem in check(service, model))
        yield from (f"{name}: {problem}" for problem in secret_files(service, model, secrets))
        if service["image"] == PROGRAM_IMAGE:
            yield from (f"{name}: {problem}" for problem in options(program, *service["command"]))


def image(service, _):
    _, _, tag = service["image"].rpartition(":")
    if not re.match(r"v?\d+\.\d+\.\d+$", tag) and service["image"] != PROGRAM_IMAGE:
        yield f"the image {service['image']} is not pinned to a version"
    if service["image"] == PROGRAM_IMAGE and not (Path(service["build"]["context"]) / service["build"]["dockerfile"]).exists():
        yield "there is no such Dockerfile"


def ports(service, _):
    for port in service.get("ports", []):
        if port.get("host_ip") != "127.0.0.1":
            yield f"port {port['target']} is open to others"


def runs_on(service):
    """Whether a service runs until it is stopped; the others are one-shot."""
    return service.get("restart", "no") != "no"


def health(service, _):
    has_check = "healthcheck" in service and not service["healthcheck"].get("disable")
    if runs_on(service) and not has_check:
        yield "it has no health check"
    if not runs_on(service) and service.get("ports"):
        yield "it has a port, but is not started again when it ends"


def dependencies(service, model):
    for name, dependency in service.get("depends_on", {}).items():
        other = model["services"][name]
        match dependency["condition"]:
            case "service_healthy" if "healthcheck" not in other:
                yield f"it waits for the health of {name}, which has no health check"
            case "service_completed_successfully" if runs_on(other):
                yield f"it waits for the end of {name}, which runs on"
            case "service_started":
                yield f"it does not wait until {name} is ready"


def targets(service):
    """Where secrets are in the container of a service, and their names in the model."""
    for secret in service.get("secrets", []):
        target = secret.get("target") or secret["source"]
        yield target if target.startswith("/") else f"/run/secrets/{target}", secret["source"]


def mounts(service, _):
    for mount in service.get("volumes", []):
        if mount["type"] != "bind":
            continue
        if not Path(mount["source"]).exists():
            yield f"there is no {os.path.relpath(mount['source'], ROOT)}"
        if not mount.get("read_only"):
            yield f"{mount['target']} can be written from the container"
        # Docker cannot make the place where the secret goes.
        for target, _name in targets(service):
            if target.startswith(mount["target"] + "/"):
                yield f"the secret {target} lies in a folder that is mounted read-only"


def told(service):
    """All texts that tell a service what to do."""
    command = [*(service.get("entrypoint") or []), *(service.get("command") or [])]
    check = service.get("healthcheck", {}).get("test", [])
    return [*command, *check, *(f"{name}={value}" for name, value in service.get("environment", {}).items())]


def scheme_of(service):
    """What a service speaks, by its health check: http, https, or nothing for other protocols."""
    check = " ".join(service.get("healthcheck", {}).get("test", []))
    return next((scheme for scheme, _, _ in ADDRESS.findall(check) if scheme), "")


def hosts(service, model):
    """Addresses of other services must be theirs, with TLS where they speak it."""
    for text in told(service):
        for scheme, host, port in ADDRESS.findall(text):
            other = model["services"].get(host)
            if other is None:
                if host != "localhost" and (scheme or f"--kafka={host}" in text):
                    yield f"there is no {host} in {text}"
                continue
            known = {str(entry["target"]) for entry in other.get("ports", [])} | {str(entry) for entry in other.get("expose", [])}
            if port not in known:
                yield f"{host} does not listen on {port}"
            expected = scheme_of(other)
            if scheme and expected and scheme != expected:
                yield f"{host} speaks {expected}, not {scheme}"


def shell(service, _):
    """Scripts in the file must parse."""
    for words in (service.get("entrypoint") or [], service.get("command") or []):
        if words[:2] == ["bash", "-ec"]:
            run = subprocess.run(["bash", "-n"], input=words[2].replace("$$", "$"), capture_output=True, text=True, check=False)
            if run.returncode:
                yield f"its script does not parse: {run.stderr.strip()}"


def secret_files(service, model, secrets):
    """Every secret must be made by script/secrets, and every path to one lead to a secret of the service."""
    places = dict(targets(service))
    texts = told(service)
    for name in places.values():
        path = Path(model["secrets"][name]["file"])
        if path.parent != DEPLOY / "secrets":
            yield f"the secret {name} lies outside deploy/secrets"
        elif not (secrets / path.name).exists():
            yield f"script/secrets does not make {path.name}"
        else:
            texts.append((secrets / path.name).read_text())
    for path in sorted(set(re.findall(r"/run/secrets/\w+", "\n".join(texts)))):
        if path not in places:
            yield f"it has no secret {path}"
    for word in told(service):
        if re.search(r"(?i)password\"?[=:] *[^@$/ ]", word) and "/run/secrets" not in word:
            yield f"a password is written out: {word}"


@functools.cache
def options(program, *command):
    """What the program itself says of a command line, in a list."""
    run = subprocess.run([program, *command, UNKNOWN], capture_output=True, text=True, timeout=60, check=False)
    message = run.stderr.partition("Usage:")[0].strip()
    return [] if message.startswith(f"Error: Unknown option '{UNKNOWN}'") else [f"kindred {command[0]}: {message}"]


def laid_out(service, model, secrets, folder):
    """Puts the files of a service into a folder as its container has them."""
    for mount in service.get("volumes", []):
        if mount["type"] == "bind":
            target = folder / mount["target"].lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if Path(mount["source"]).is_dir() else shutil.copy)(mount["source"], target)
    for target, name in targets(service):
        place = folder / target.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(secrets / Path(model["secrets"][name]["file"]).name, place)
    return folder
