"""Checks of what Kafka, Elasticsearch, Kibana and Grafana are told in the compose files. Their own checkers cannot be had.

A setting that is not listed here is taken for a typo: look it up in the documentation of the program, then add it.
"""

import re

KAFKA = set("""
    node.id process.roles controller.quorum.voters controller.listener.names listeners advertised.listeners
    listener.security.protocol.map inter.broker.listener.name offsets.topic.replication.factor
    transaction.state.log.replication.factor transaction.state.log.min.isr group.initial.rebalance.delay.ms
    auto.create.topics.enable log.dirs sasl.enabled.mechanisms sasl.mechanism.inter.broker.protocol
    ssl.keystore.type ssl.keystore.location ssl.truststore.type ssl.truststore.location
""".split())
# Variables of Kafka's scripts, which are no settings of the broker.
KAFKA_SCRIPTS = {"KAFKA_OPTS", "KAFKA_HEAP_OPTS"}
ELASTICSEARCH = set("""
    discovery.type transport.host xpack.security.enabled xpack.security.http.ssl.enabled xpack.security.http.ssl.certificate
    xpack.security.http.ssl.key xpack.security.http.ssl.certificate_authorities
""".split())
KIBANA = set("""
    elasticsearch.hosts elasticsearch.username elasticsearch.password elasticsearch.ssl.certificateAuthorities
    server.host server.publicBaseUrl server.shutdownTimeout server.ssl.enabled server.ssl.certificate server.ssl.key
    status.allowAnonymous telemetry.optIn xpack.encryptedSavedObjects.encryptionKey xpack.reporting.encryptionKey
    xpack.security.encryptionKey
""".split())
# Sections and keys of grafana.ini.
GRAFANA = set("""
    plugins.preinstall_sync security.admin_password security.cookie_secure users.allow_sign_up auth.anonymous.enabled
    auth.anonymous.org_role analytics.reporting_enabled server.protocol server.cert_file server.cert_key
""".split())


def of_service(service, _):
    environment = service.get("environment") or {}
    for part, check in (("apache/kafka", kafka), ("/elasticsearch:", elasticsearch), ("/kibana:", kibana), ("grafana/grafana", grafana)):
        # One-shot services of the same image are told something else.
        if part in service["image"] and service.get("restart", "no") != "no":
            yield from check(environment)


def kafka(environment):
    settings = {}
    for name, value in environment.items():
        setting = name.removeprefix("KAFKA_").lower().replace("_", ".")
        if name not in KAFKA_SCRIPTS and setting not in KAFKA:
            yield f"Kafka has no setting {setting}"
        settings[setting] = str(value)
    protocols = dict(pair.split(":") for pair in settings["listener.security.protocol.map"].split(","))
    listeners = dict(entry.split("://") for entry in settings["listeners"].split(","))
    advertised = dict(entry.split("://") for entry in settings["advertised.listeners"].split(","))
    controller, inside = settings["controller.listener.names"], settings["inter.broker.listener.name"]
    for name in {*listeners, *advertised, controller, inside}:
        if name not in listeners:
            yield f"there is no listener {name}"
        if name not in protocols:
            yield f"the listener {name} has no protocol"
    for name, address in advertised.items():
        if name in listeners and address.split(":")[-1] != listeners[name].split(":")[-1]:
            yield f"the listener {name} is advertised at another port"
    if settings["controller.quorum.voters"] != f"{settings['node.id']}@{listeners.get(controller)}":
        yield "the voter is not this node's controller"
    for name, value in settings.items():
        if name.endswith(("replication.factor", "min.isr")) and value != "1":
            yield f"{name} is {value} with one broker"
    if any(protocol.endswith("SSL") for protocol in protocols.values()):
        for name in ("ssl.keystore.location", "ssl.truststore.location", "sasl.enabled.mechanisms", "sasl.mechanism.inter.broker.protocol"):
            if name not in settings:
                yield f"TLS and passwords need {name}"
        if "java.security.auth.login.config" not in environment.get("KAFKA_OPTS", ""):
            yield "passwords need a file of accounts in KAFKA_OPTS"


def elasticsearch(environment):
    for name in environment:
        if name not in ELASTICSEARCH | {"ES_JAVA_OPTS"}:
            yield f"Elasticsearch has no setting {name}"
    if environment.get("discovery.type") != "single-node":
        yield "it would wait for other nodes"
    heap = re.findall(r"-Xm[sx](\w+)", environment.get("ES_JAVA_OPTS", ""))
    if len(heap) != 2 or heap[0] != heap[1]:
        yield "its heap must have one size from the start"


def kibana(environment):
    known = {name.upper().replace(".", "_") for name in KIBANA}
    yield from (f"Kibana has no setting {name}" for name in environment if name not in known)


def kibana_file(text):
    for name in re.findall(r"(?m)^([\w.]+):", text):
        if name not in KIBANA:
            yield f"Kibana has no setting {name}"
    for name, value in re.findall(r'(?m)^(\S+encryptionKey): "(.*)"', text):
        if len(value) < 32:
            yield f"{name} has fewer than 32 characters"


def grafana(environment):
    known = {"GF_" + name.upper().replace(".", "_") for name in GRAFANA}
    for name in environment:
        if name.startswith("GF_") and name.removesuffix("__FILE") not in known:
            yield f"Grafana has no setting {name}"
