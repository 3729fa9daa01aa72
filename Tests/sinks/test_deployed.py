"""What the containers are told, done here: kindred with a mock broker, and the accounts with a server that looks at them."""

import base64
import contextlib
import http.server
import json
import os
import re
import shutil
import ssl
import subprocess
import threading
import urllib.error

from composefile import DEPLOY, make_secrets, merged
from lib import HERE, ROOT, Running, Skipped, ask, check, free_port, wait


class Broker(Running):
    """librdkafka's mock cluster, with the topics that the compose file makes."""

    def __init__(self, folder, script):
        program = folder / "mockbroker"
        built = (
            shutil.which("cc")
            and subprocess.run(
                ["cc", HERE.parent / "streams/mockbroker.c", "-lrdkafka", "-o", program], capture_output=True, check=False
            ).returncode
            == 0
        )
        if not built:
            raise Skipped("there is no C compiler or no librdkafka")
        self.process = subprocess.Popen([program, "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        self.topics = re.findall(r"(?m)^create (\w+) (\d+)", script)
        for topic, partitions in self.topics:
            self.process.stdin.write(f"topic {topic} {partitions}\n")
            self.process.stdin.flush()
            assert self.process.stdout.readline().strip() == "NO_ERROR", topic


class Containers:
    """The services of compose files, with their places on this machine."""

    def __init__(self, lab, secrets, kafka, elasticsearch, *files):
        self.model = merged(*(DEPLOY / file for file in files))
        self.data = lab.folder / "data"
        self.data.mkdir(exist_ok=True)
        files_of_secrets = {
            name: f"{secrets}/{secret['file'].rpartition('/')[2]}" for name, secret in self.model["secrets"].items()
        }
        self.places = {
            "kafka:9092": kafka,
            "elasticsearch:9200": elasticsearch,
            "/data/": f"{self.data}/",
            "/sample": str(ROOT / "data/sample"),
            "--host=0.0.0.0": "--port=0",
            **{f"/run/secrets/{name}": file for name, file in files_of_secrets.items()},
        }

    def here(self, words):
        # Longer names first: some begin with others.
        pattern = "|".join(re.escape(place) for place in sorted(self.places, key=len, reverse=True))
        return [re.sub(pattern, lambda found: self.places[found[0]], word) for word in words]

    def command(self, service):
        return self.here(self.model["services"][service]["command"])

    def serve(self, lab):
        """Starts kindred as its container does; returns its address."""
        server = lab.start(*self.command("kindred"))
        address = next(found[1] for line in server.process.stdout if (found := re.search(r"answers at (https?://[0-9.:]+)", line)))
        server.follow()
        self.places["localhost:8080"] = "localhost:" + address.rpartition(":")[2]
        return address

    def probe(self, service):
        """The health check of a service, run once; a container does not have the environment of this machine."""
        kind, *words = self.here(self.model["services"][service]["healthcheck"]["test"])
        words = words if kind == "CMD" else ["sh", "-c", words[0].replace("$$", "$")]
        return subprocess.run(words, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False)

    def becomes_healthy(self, service):
        """Whether the health check passes within half a minute, as an engine repeats it; with what it said last."""
        said = []

        def passes():
            run = self.probe(service)
            said[:] = [run.returncode, run.stderr.strip()]
            return run.returncode == 0

        with contextlib.suppress(RuntimeError):
            return wait(service, passes, 30), ""
        return False, said


def test_commands(lab):
    """The sample goes the way of compose.yaml: loaded, consumed, opened by keys of files, served, indexed, and sent again."""
    secrets, _ = make_secrets(lab)
    script = merged(DEPLOY / "compose.yaml")["services"]["topics"]["command"][2]
    broker, double = lab.closing(Broker(lab.folder, script)), lab.double()
    containers = Containers(lab, secrets, broker.address, double.url.rpartition("/")[2], "compose.yaml")
    for service in ("load", "store", "read-key", "admin-key"):
        lab.kindred(*containers.command(service))
    names = lab.kindred("keys", "list", containers.data / "kindred.sqlite")
    check("dashboards" in names and "administrator" in names, "the store has both keys", names)

    address = containers.serve(lab)
    check(*told(containers, "kindred", "the health check is answered without a key"))
    check(status(f"{address}/metrics") == 401, "figures are not", status(f"{address}/metrics"))
    key = {"Authorization": f"Bearer {(secrets / 'kindred_read_key').read_text()}"}
    summary = ask(f"{address}/summary", headers=key)
    check(summary.get("ratings") == 25_000, "the service starts with the sample", summary)
    check("kindred_ratings_ingested_total" in ask(f"{address}/metrics", headers=key), "Prometheus's key reads the figures")
    wait("the sample in the index", lambda: has(double, "kindred-ratings", 25_000), 90)
    check(True, "Elasticsearch has every rating of the sample")
    # A second `deploy/up` starts again what has ended, beside the service.
    for service in ("load", "store", "read-key", "admin-key"):
        lab.kindred(*containers.command(service))
    lab.start(*containers.command("replay")).follow()
    check(*told(containers, "replay", "the replay is healthy"))


def test_secure_service(lab):
    """The service of compose.secure.yaml speaks TLS with the certificate of the secrets, and lives without Kafka and Elasticsearch."""
    secrets, _ = make_secrets(lab)
    containers = Containers(
        lab, secrets, f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}", "compose.yaml", "compose.secure.yaml"
    )
    lab.kindred("import", ROOT / "data/sample", "--store", containers.data / "kindred.sqlite", "--quiet")
    lab.kindred(*containers.command("read-key"))
    address = containers.serve(lab)
    check(address.startswith("https://"), "it speaks TLS", address)
    check(*told(containers, "kindred", "it is healthy, with the authority of the secrets"))
    containers.places["/run/secrets/ca"] = "/etc/hostname"
    check(containers.probe("kindred").returncode != 0, "and not with another")


def told(containers, service, message):
    """What `check` is told of the health of a service."""
    healthy, said = containers.becomes_healthy(service)
    return healthy, message, said


def status(url):
    try:
        ask(url)
        return 200
    except urllib.error.HTTPError as error:
        return error.code


def has(double, index, count):
    with contextlib.suppress(urllib.error.HTTPError):
        return double.count(index) == count


class Accounts(http.server.BaseHTTPRequestHandler):
    """Takes what Elasticsearch would, and keeps it."""

    def handle_request(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.command, self.path, self.headers["Authorization"], json.loads(body)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_PUT = handle_request

    def log_message(self, *_):
        pass


def test_accounts(lab):
    """elasticsearch/accounts makes Kibana's and kindred's accounts over TLS, with the passwords of the secrets, which no command line has."""
    if not shutil.which("curl"):
        raise Skipped("curl is missing")
    secrets, _ = make_secrets(lab)
    shutil.copy(secrets / "ca.pem", secrets / "ca")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Accounts)
    server.seen = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(secrets / "elasticsearch.pem", secrets / "elasticsearch.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        run = subprocess.run(
            ["bash", "-x", DEPLOY / "elasticsearch/accounts", f"https://localhost:{server.server_port}"],
            env={"SECRETS": str(secrets), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        server.shutdown()
        server.server_close()
    check(run.returncode == 0, "it ends well", run.stderr[-300:] if run.returncode else "")
    expected = "Basic " + base64.b64encode(b"elastic:" + (secrets / "elastic_password").read_bytes()).decode()
    check(all(authorization == expected for _, _, authorization, _ in server.seen), "it asks as elastic")
    bodies = {path: body for _, path, _, body in server.seen}
    check(
        bodies.get("/_security/user/kibana_system/_password") == {"password": (secrets / "kibana_password").read_text()},
        "Kibana's password is set",
    )
    check(
        bodies.get("/_security/user/kindred", {}).get("password") == (secrets / "elasticsearch_password").read_text(),
        "kindred has an account",
    )
    check(
        bodies.get("/_security/role/kindred", {}).get("indices") == [{"names": ["kindred-*"], "privileges": ["all"]}],
        "which may touch its indices alone",
    )
    lines = [line for line in run.stderr.splitlines() if re.match(r"\++ curl", line)]
    passwords = [path.read_text() for path in secrets.glob("*_password")]
    check(
        lines and not any(password in line for line in lines for password in passwords),
        "no command line has a password",
        f"{len(lines)} calls",
    )
