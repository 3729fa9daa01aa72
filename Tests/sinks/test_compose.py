"""The compose files, the Dockerfile and the secrets: valid for compose-go, promtool and hadolint, and sound by checks of our own."""

import os
import re
import shutil
import ssl
import subprocess
import sys

from composefile import DEPLOY, found_in, laid_out, make_secrets, merged, scheme_of
from lib import ROOT, Skipped, check
from settings import kibana_file

FILES = {"compose.yaml": (), "compose.secure.yaml": ("compose.yaml",)}


def test_files(lab):
    """The compose files are valid, alone and with TLS and passwords, and nothing is wrong with them."""
    secrets, _ = make_secrets(lab)
    for file, before in FILES.items():
        found = found_in(lab, secrets, *before, file)
        check(not found, f"{file} is valid", "; ".join(found))
    check(not (found := list(kibana_file((secrets / "kibana.yml").read_text()))), "kibana.yml has known settings", found)


def test_prometheus(lab):
    """promtool takes Prometheus's files as its containers have them; with TLS nothing but the scheme differs."""
    promtool, prometheus = shutil.which("promtool"), shutil.which("prometheus")
    if not promtool or not prometheus:
        raise Skipped("promtool is missing")
    secrets, _ = make_secrets(lab)
    known = set(
        re.findall(
            r"--(?:no-)?[\w.-]+", subprocess.run([prometheus, "--help"], capture_output=True, text=True, check=True).stdout
        )
    )
    for file, before in FILES.items():
        model = merged(*(DEPLOY / name for name in (*before, file)))
        service = model["services"]["prometheus"]
        folder = laid_out(service, model, secrets, lab.folder / f"of-{file}")
        flags = dict(flag.split("=", 1) for flag in service["command"])
        check(not (unknown := set(flags) - known), f"{file}: Prometheus knows its flags", sorted(unknown))
        run = subprocess.run(
            [promtool, "check", "config", folder / flags["--config.file"].lstrip("/")],
            capture_output=True,
            text=True,
            check=False,
        )
        check(run.returncode == 0, f"{file}: promtool takes {flags['--config.file']}", run.stdout + run.stderr)
        text = (folder / flags["--config.file"].lstrip("/")).read_text()
        scheme = (re.findall(r"(?m)^ *scheme: (\w+)", text) or ["http"])[0]
        check(scheme == scheme_of(model["services"]["kindred"]), f"{file}: Prometheus speaks with kindred as it does", scheme)


def test_grafana(lab):
    """Grafana's provisioning finds its variables, its key and its dashboards in the container."""
    secrets, _ = make_secrets(lab)
    for file, before in FILES.items():
        model = merged(*(DEPLOY / name for name in (*before, file)))
        service = model["services"]["grafana"]
        folder = laid_out(service, model, secrets, lab.folder / f"of-{file}")
        files = list((folder / "etc/grafana/provisioning").rglob("*.yaml"))
        text = "\n".join(path.read_text() for path in files)
        text = re.sub(r"(?m)^ *#.*", "", text)
        variables = set(re.findall(r"\$(?:\{)?([A-Z][A-Z_]+)", text))
        check(
            files and variables <= set(service["environment"]),
            f"{file}: Grafana has the variables of its provisioning",
            sorted(variables),
        )
        paths = re.findall(r"\$__file\{(.*?)\}", text) + re.findall(r"(?m)^ *path: (/\S+)", text)
        check(paths and all((folder / path.lstrip("/")).exists() for path in paths), f"{file}: and the files", paths)


def test_secrets(lab):
    """script/secrets makes what is missing and leaves the rest; certificates hold for the names; what holds a password follows it."""
    folder, _ = make_secrets(lab)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    check(folder.stat().st_mode & 0o777 == 0o700, "the folder is closed to others", oct(folder.stat().st_mode))
    check((folder / "ca.key").stat().st_mode & 0o777 == 0o600, "so is the key of the authority")
    _, said = make_secrets(lab)
    check(before == {path.name: path.read_bytes() for path in folder.iterdir()}, "a second run changes nothing", said)
    passwords = [value for name, value in before.items() if name.endswith(("_password", "_key"))]
    check(
        len(set(passwords)) == len(passwords) and min(map(len, passwords)) >= 43,
        f"{len(passwords)} keys and passwords of 256 bits",
    )
    for name in ("kafka", "elasticsearch", "kibana", "kindred", "grafana"):
        verified = all(
            subprocess.run(
                ["openssl", "verify", "-CAfile", folder / "ca.pem", "-verify_hostname", host, folder / f"{name}.pem"],
                capture_output=True,
                check=False,
            ).returncode
            == 0
            for host in (name, "localhost")
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
        check(verified, f"the certificate of {name} holds for {name} and localhost, and goes with its key")
    (folder / "kafka_password").unlink()
    make_secrets(lab)
    fresh = (folder / "kafka_password").read_text()
    check(
        fresh.encode() != before["kafka_password"] and fresh in (folder / "kafka_jaas.conf").read_text(),
        "accounts follow a password that is replaced",
    )
    make_secrets(lab, "--renew")
    changed = sorted(
        name for name, value in before.items() if (folder / name).read_bytes() != value and not name.startswith("kafka_")
    )
    check(
        changed == [f"{name}.pem" for name in ("elasticsearch", "grafana", "kafka", "kibana", "kindred")],
        "--renew makes the certificates anew",
        changed,
    )
    ignored = subprocess.run(["git", "check-ignore", "deploy/secrets/ca.key"], cwd=ROOT, capture_output=True, check=False)
    check(ignored.returncode == 0 or not (ROOT / ".git").exists(), "git ignores the secrets")
    check("deploy/secrets" in (ROOT / ".dockerignore").read_text().split(), "images are made without them")


def test_dockerfile(lab):
    """The Dockerfile passes hadolint, has the pinned Swift, runs as nobody in particular, and copies what there is."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    version = re.search(r"(?m)^swift_version=(\S+)", (ROOT / "script/lib/swift.sh").read_text())[1]
    images = [line.split()[1] for line in lines if line.startswith("FROM")]
    check(
        images[0] == f"swift:{version}-bookworm" and not any(image.endswith(":latest") or ":" not in image for image in images),
        "images are pinned",
        images,
    )
    check(any(re.match(r"USER [1-9]\d*:[1-9]\d*$", line) for line in lines), "its user is a number and not root")
    check(any(line.startswith("HEALTHCHECK") for line in lines), "it has a health check")
    copied = [line.split()[1] for line in lines if line.startswith("COPY") and "--from" not in line]
    check(all((ROOT / path).exists() for path in copied), "what it copies is there", copied)
    hadolint = shutil.which("hadolint", path=f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}")
    if not hadolint:
        raise Skipped("hadolint is missing")
    run = subprocess.run([hadolint, "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    check(run.returncode == 0 and not run.stdout, "hadolint finds nothing", run.stdout + run.stderr)
    for what, right, wrong, rule in (
        ("the newest image", "debian:bookworm-slim", "debian:latest", "DL3007"),
        ("an instruction", "WORKDIR /data", "WORKDIRECTORY /data", "Dockerfile:"),
        ("a relative folder", "WORKDIR /data", "WORKDIR data", "DL3000"),
    ):
        planted = lab.folder / "Dockerfile"
        planted.write_text("\n".join(lines).replace(right, wrong) + "\n")
        run = subprocess.run([hadolint, "--no-color", planted], capture_output=True, text=True, check=False)
        check(run.returncode != 0 and rule in run.stdout + run.stderr, f"{what} is found", run.stdout + run.stderr)
