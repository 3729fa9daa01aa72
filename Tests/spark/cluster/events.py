"""What an event log of Spark says of a run: tasks, seconds of cores and bytes, by the name of the jobs' group."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Group:
    """Sums over the tasks of a group of jobs."""

    tasks: int = 0
    failed: int = 0
    core_seconds: float = 0
    """Seconds that executors worked on the tasks; each holds `spark.task.cpus` cores."""
    written: int = 0
    """Bytes written for the shuffle, as compressed as they travel."""
    stages: int = 0
    """Stages that ran; those whose results were there already do not."""
    seconds: float = 0
    """From the first job's start to the last one's end."""


def groups(path: Path) -> dict[str, Group]:
    """The groups of an event log by their ids; jobs without one are under an empty name."""
    found: dict[str, Group] = {}
    of_stage, of_job, begun, ended = {}, {}, {}, {}
    for line in path.read_text().splitlines():
        event = json.loads(line)
        kind = event["Event"]
        if kind == "SparkListenerJobStart":
            name = event.get("Properties", {}).get("spark.jobGroup.id", "")
            of_job[event["Job ID"]] = name
            begun.setdefault(name, event["Submission Time"])
            found.setdefault(name, Group())
            for stage in event["Stage IDs"]:
                of_stage.setdefault(stage, name)
        elif kind == "SparkListenerJobEnd":
            ended[of_job[event["Job ID"]]] = event["Completion Time"]
        elif kind == "SparkListenerStageCompleted":
            found[of_stage[event["Stage Info"]["Stage ID"]]].stages += 1
        elif kind == "SparkListenerTaskEnd":
            group, metrics = found[of_stage[event["Stage ID"]]], event.get("Task Metrics") or {}
            group.tasks += 1
            group.failed += event["Task End Reason"]["Reason"] != "Success"
            group.core_seconds += metrics.get("Executor Run Time", 0) / 1000
            group.written += metrics.get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
    for name, group in found.items():
        group.seconds = (ended.get(name, begun[name]) - begun[name]) / 1000
    return found
