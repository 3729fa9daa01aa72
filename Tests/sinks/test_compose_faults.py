"""Faults that are planted in the compose files are found, and named."""

from composefile import DEPLOY, found_in, make_secrets
from lib import check

# What is planted, what stands in the file, what is written instead, and what is then found.
PLAIN = [
    ("an undefined service", "depends_on: {elasticsearch:", "depends_on: {elasticsaerch:", "elasticsaerch"),
    ("a misspelt key", "healthcheck:", "healtcheck:", "healtcheck"),
    ("a bad port", "127.0.0.1:9090:9090", "127.0.0.1:90900:9090", "90900"),
    ("an undefined volume", "- grafana:/var/lib/grafana", "- grafna:/var/lib/grafana", "grafna"),
    ("an undefined secret", "secrets: [kindred_admin_key]", "secrets: [kindred_admin]", "kindred_admin"),
    ("the newest image", "prom/prometheus:v3.7.3", "prom/prometheus:latest", "prom/prometheus:latest is not pinned"),
    ("an image without a version", "grafana/grafana:12.3.0", "grafana/grafana", "grafana/grafana is not pinned"),
    ("an open port", "127.0.0.1:9200:9200", "9200:9200", "elasticsearch: port 9200 is open to others"),
    ("a port of all addresses", "127.0.0.1:3000:3000", "0.0.0.0:3000:3000", "grafana: port 3000 is open to others"),
    ("no health check", "    healthcheck:\n      # It writes", "    x-check:\n      # It writes",
     "replay: it has no health check"),
    ("a wait for no health", "read-key: {condition: service_completed_successfully}", "read-key: {condition: service_healthy}",
     "waits for the health of read-key"),
    ("a wait for no end",
     "depends_on: {kibana: {condition: service_healthy}}", "depends_on: {kibana: {condition: service_completed_successfully}}",
     "waits for the end of kibana, which runs on"),
    ("no wait", "depends_on: {kindred: {condition: service_healthy}}", "depends_on: [kindred]", "does not wait until kindred"),
    ("a service that is not restarted", "grafana/grafana:12.3.0\n    restart: unless-stopped", "grafana/grafana:12.3.0",
     "grafana: it has a port, but is not started again"),
    ("a file that is missing", "./kibana/kindred.ndjson", "./kibana/kindered.ndjson",
     "there is no deploy/kibana/kindered.ndjson"),
    ("a folder that can be written", "/etc/grafana/dashboards:ro", "/etc/grafana/dashboards",
     "can be written from the container"),
    ("a secret in a read-only folder", "./prometheus/rules.yml:/etc/prometheus/rules.yml:ro", "./prometheus:/etc/prometheus:ro",
     "/etc/prometheus/kindred.key lies in a folder that is mounted read-only"),
    ("a secret that nobody makes", "file: secrets/kindred_read_key", "file: secrets/read_key",
     "script/secrets does not make read_key"),
    ("a secret of another folder", "file: secrets/kindred_read_key", "file: ../kindred_read_key",
     "lies outside deploy/secrets"),
    ("a password in the file", 'GF_USERS_ALLOW_SIGN_UP: "false"', "GF_SECURITY_ADMIN_PASSWORD: admin",
     "a password is written out"),
    ("an option of kindred", "--refresh-every=3600", "--refresh-evry=3600", "Unknown option '--refresh-evry"),
    ("a value of an option", "--refresh-every=3600", "--refresh-every=hourly", "kindred serve: Error"),
    ("an argument of kindred", "--role, admin", "--role, root", "kindred keys: Error"),
    ("a host of kindred", "elasticsearch=http://elasticsearch", "elasticsearch=http://elastic", "there is no elastic in"),
    ("a port of another service", "KINDRED_URL: http://kindred:8080", "KINDRED_URL: http://kindred:8000",
     "kindred does not listen on 8000"),
    ("a script that does not parse", "create() {", "create( {", "topics: its script does not parse"),
    ("a setting of Kafka", "KAFKA_LOG_DIRS", "KAFKA_LOGDIRS", "Kafka has no setting logdirs"),
    ("a listener without a protocol", "INSIDE:PLAINTEXT,", "", "the listener INSIDE has no protocol"),
    ("a port that is advertised", "OUTSIDE://localhost:29092", "OUTSIDE://localhost:9094",
     "OUTSIDE is advertised at another port"),
    ("three replicas of one broker", 'OFFSETS_TOPIC_REPLICATION_FACTOR: "1"', 'OFFSETS_TOPIC_REPLICATION_FACTOR: "3"',
     "offsets.topic.replication.factor is 3 with one broker"),
    ("a setting of Elasticsearch", "discovery.type:", "discovery.typ:", "Elasticsearch has no setting discovery.typ"),
    ("a setting of Kibana", "TELEMETRY_OPTIN", "TELEMETRY_OPT_IN", "Kibana has no setting TELEMETRY_OPT_IN"),
    ("a setting of Grafana", "GF_USERS_ALLOW_SIGN_UP", "GF_USERS_ALLOW_SIGNUP", "Grafana has no setting GF_USERS_ALLOW_SIGNUP"),
]
SECURE = [
    ("a secret that is not handed over",
     "secrets: [ca, kafka_pem, kafka_jaas, kafka_client]", "secrets: [ca, kafka_pem, kafka_client]",
     "kafka: it has no secret /run/secrets/kafka_jaas"),
    ("plain text to TLS", "KINDRED_URL: https://", "KINDRED_URL: http://", "kindred speaks https, not http"),
    ("Kafka without a certificate", "KAFKA_SSL_KEYSTORE_LOCATION", "KAFKA_SSL_KEYSTORE_TYPO", "need ssl.keystore.location"),
]


def plant(lab, secrets, before, file, faults):
    """`before` are the files that `file` adds to."""
    sound = found_in(lab, secrets, *before, file)
    for what, right, wrong, expected in faults:
        text = (DEPLOY / file).read_text()
        planted = lab.folder / file
        planted.write_text(text.replace(right, wrong, 1))
        found = found_in(lab, secrets, *before, planted)
        named = [problem for problem in found if expected in problem and problem not in sound]
        check(right in text and named, f"{what} is found", "; ".join(named) or f"nothing of it in {found}")


def test_faults(lab):
    """Each fault in compose.yaml is found by compose-go or by the checks."""
    secrets, _ = make_secrets(lab)
    plant(lab, secrets, (), "compose.yaml", PLAIN)


def test_secure_faults(lab):
    """Each fault in compose.secure.yaml too."""
    secrets, _ = make_secrets(lab)
    plant(lab, secrets, ("compose.yaml",), "compose.secure.yaml", SECURE)
