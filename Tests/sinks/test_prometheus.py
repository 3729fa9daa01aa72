"""deploy/prometheus: what Prometheus reads of Kindred, what it records of that, and when it calls somebody."""

import re
import shutil
import subprocess

from grafana import package
from lib import HERE, check, wait
from monitoring import DEPLOY, Monitored, tool


def promtool(*arguments):
    """Runs promtool; returns whether all is well, and what it says."""
    run = subprocess.run([tool("promtool"), *map(str, arguments)], capture_output=True, text=True, check=False)
    return run.returncode == 0, run.stdout + run.stderr


def copied(lab):
    """A folder with the configuration, a key and an authority."""
    folder = lab.folder / "prometheus"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DEPLOY, folder)
    (folder / "kindred.key").write_text("key\n")
    (folder / "ca.pem").write_text("")
    shutil.copy(HERE / "alerts.yml", folder)
    return folder


FAULTS = {
    "a misspelt key": ("prometheus.yml", "credentials_file:", "credential_file:"),
    "a file of rules that is missing": ("prometheus.yml", "rules.yml", "rule.yml"),
    "a file for the key that is missing": ("prometheus.yml", "kindred.key\n  - job", "kindred.pem\n  - job"),
    "a broken expression": ("rules.yml", "up{job=\"kindred\"} == 0", "up{job=\"kindred\" == 0"),
    "a time that is none": ("rules.yml", "for: 1m", "for: 1 minute"),
    "a template that is none": ("rules.yml", "humanizePercentage", "humanisePercentage"),
}


def test_configuration(lab):
    """promtool finds nothing wrong, and finds planted faults."""
    for name in ("prometheus.yml", "prometheus.secure.yml"):
        is_right, told = promtool("check", "config", copied(lab) / name)
        check(is_right, f"promtool check config {name}", told)
    is_right, told = promtool("check", "rules", DEPLOY / "rules.yml")
    check(is_right, "promtool check rules", told)
    for fault, (name, old, new) in FAULTS.items():
        path = copied(lab) / name
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new))
        is_right, told = promtool("check", "config", path.parent / "prometheus.yml")
        check(not is_right, f"found: {fault}", told)


def alerts():
    groups = package("yaml").safe_load((DEPLOY / "rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def test_alerts(lab):
    """Each alert fires when it should and not otherwise; those that never or always fire are found."""
    yaml = package("yaml")
    folder = copied(lab)
    is_right, told = promtool("test", "rules", folder / "alerts.yml")
    check(is_right, "promtool test rules", told)
    cases = yaml.safe_load((folder / "alerts.yml").read_text())["tests"]
    expected = {(case["alertname"], bool(case["exp_alerts"])) for test in cases for case in test["alert_rule_test"]}
    for alert in alerts():
        name = alert["alert"]
        check({(name, True), (name, False)} <= expected, f"{name} has a case that fires and one that does not")
    rules = (folder / "rules.yml").read_text()
    for kind, expression in (("never", "vector(1) > 2"), ("always", "vector(1)")):
        changed = yaml.safe_load(rules)
        for rule in (rule for group in changed["groups"] for rule in group["rules"] if "alert" in rule):
            rule["expr"] = expression
        (folder / "rules.yml").write_text(yaml.safe_dump(changed))
        _, told = promtool("test", "rules", folder / "alerts.yml")
        for alert in alerts():
            check(f"alertname: {alert['alert']}," in told, f"found: {alert['alert']} {kind} fires")


def test_live(lab):
    """A Prometheus reads the live service with its key: all rules are evaluated, and name metrics that there are."""
    live = Monitored(lab)
    prometheus = live.prometheus
    wait("the target", lambda: all(target["health"] == "up" for target in prometheus.get("targets")["activeTargets"]), 30)
    check(True, "the service lets the read key in")

    def rules():
        return [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]

    wait("the rules", lambda: all(rule["health"] == "ok" for rule in rules()), 30)
    check(len(rules()) == 17, "rules are evaluated without an error", len(rules()))

    def missing(text):
        named = set(re.findall(r"\bkindred[\w:]+", text))
        there = set(prometheus.get("label/__name__/values"))
        return {name for name in named - there if not name.startswith(live.left_out or "-")}

    text = "\n".join(rule["query"] for rule in rules()) + "\n".join(rule["name"] for rule in rules() if rule["type"] == "recording")
    try:
        wait("metrics", lambda: not missing(text), 60)
    except RuntimeError:
        pass
    check(not missing(text), "rules name metrics that there are", missing(text))
    check(missing(text.replace("kindred_snapshot_age_seconds", "kindred_snapshot_age")), "found: a rule of a metric that is missing")
    firing = {alert["labels"]["alertname"] for alert in prometheus.get("alerts")["alerts"] if alert["state"] == "firing"}
    check(not firing - {"KindredDiskLow"}, "no alert fires on a healthy service", firing)
    states = prometheus.get("query?query=kindred_source_running")["result"]
    check(states and states[0]["value"][1] == "1", "the folder is a source")
