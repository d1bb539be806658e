"""Run every audit check of one schedule at LOAD on its own EMR cluster.

Three DAGs, `yang_audit_load_test_15m`, `_hourly` and `_daily`, triggered by hand. Each lists the check configs
under `s3://{S3_BUCKET}/{CONFIGS_PREFIX}/{schedule}/{LOAD}x/`, creates the cluster of
`cluster_configs/yang_audit_load_test_cluster_{schedule}.json`, runs one step per check, ends the cluster and fails
if a check failed.

The trigger form accepts `cluster_id` (a round on a running cluster, which stays up), `keep_cluster` (a new
cluster that stays up for the next round), `only` (a partial round: a smoke run, or what failed) and, for hourly,
`ts_end` (the end of the window, LOAD hours long).

A retry continues where the last attempt stopped: the arguments of a step identify its check, because they contain the
run id and the URI of the config. To run the checks again, trigger a new run. A run keeps the LOAD and the step template
it started with, whatever is deployed meanwhile.
"""

from __future__ import annotations

import json
import logging
import random
import re
import time
from datetime import datetime, timedelta, timezone
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

try:
    from airflow.sdk import DAG, task
    from airflow.sdk.definitions.param import Param
except ImportError:  # Airflow 2
    from airflow.decorators import task
    from airflow.models.dag import DAG
    from airflow.models.param import Param
try:
    from airflow.sdk.exceptions import AirflowFailException
except ImportError:  # Airflow 2 and the first releases of 3
    from airflow.exceptions import AirflowFailException

# uploadDags rewrites LOAD and compares the next three with its settings: keep plain literals, assigned once.
LOAD = 2
S3_BUCKET = "klaviyo-data-platform-orchestration-v1"
CONFIGS_PREFIX = "checks_load_test/configs"
RESULTS_PREFIX = "checks_load_test/results"

AWS_CONN_ID = "aws_default"
POLL_SECONDS = 30
RETRY_SECONDS = 60
# EMR allows 256 pending and running steps per cluster; the difference is for steps added by hand.
ACTIVE_STEPS_LIMIT = 200
# EMR returns only the newest step records of a cluster.
STEP_RECORDS_KEPT = 1000
# At most this many newer steps, so that an active step stays among those records.
NEWER_STEPS_LIMIT = 900
# EMR's limits for a step's name and for the sum of its arguments.
STEP_NAME_LIMIT = 256
STEP_ARGUMENTS_LIMIT = 10240
# A hanging check must not keep a paid cluster up forever.
MAX_ROUND_HOURS = 24
# Airflow's own default, if its configuration has one, is not made for a task that waits for a whole round.
TASK_MINUTES = 30
ROUND_TIMEOUT = timedelta(hours=MAX_ROUND_HOURS, minutes=TASK_MINUTES)
TASK_TIMEOUT = timedelta(minutes=TASK_MINUTES)
# A cluster can appear after the task that requested it was killed: the request takes up to a minute.
LATE_CLUSTER_SECONDS = 150
TERMINATE_RETRIES = 8

CLUSTER_UP = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]
CLUSTER_READY = ["RUNNING", "WAITING"]
STEP_ACTIVE = ["PENDING", "CANCEL_PENDING", "RUNNING"]
STEP_RAN = ["COMPLETED", "FAILED"]

log = logging.getLogger(__name__)


def aws_client(service: str, attempts: int = 10):
    """A client of Airflow's AWS connection that backs off when throttled.

    `attempts=1` is for calls that must not be sent twice: after a lost response the call may still have succeeded.
    """
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
    from botocore.config import Config

    retries = {"mode": "adaptive", "total_max_attempts": attempts}
    config = Config(retries=retries, connect_timeout=5, read_timeout=60)
    return AwsBaseHook(aws_conn_id=AWS_CONN_ID, client_type=service, config=config).get_conn()


def cluster_config(schedule: str) -> tuple[dict, dict]:
    """The RunJobFlow request, and separately the template of a check's step."""
    folder = Path(__file__).parent / "cluster_configs"
    config = json.loads((folder / f"yang_audit_load_test_cluster_{schedule}.json").read_text(encoding="utf-8"))
    return config, config.pop("AuditStep")


def configs_prefix(schedule: str, load: int) -> str:
    return f"{CONFIGS_PREFIX}/{schedule}/{load}x/"


def given_end(text: str) -> datetime:
    """`ts_end` of the trigger form. A window in the future has no data and would look fast."""
    try:
        end = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        end = datetime.min
    if end.tzinfo is None:
        example = "2025-12-08T15:00:00+00:00"
        raise AirflowFailException(f"ts_end {text!r} is not a time with an offset, such as {example}.")
    if end.year < 2000 or end > datetime.now(timezone.utc):
        raise AirflowFailException(f"ts_end {text!r} is no time of this century that has passed.")
    return end


def hourly_window(load: int, dag_run, params) -> tuple[str, str]:
    """Start and end, ISO 8601 UTC: `load` hours that end at `ts_end`, or at the time the run is for."""
    if params["ts_end"] is None:
        end = getattr(dag_run, "run_after", None) or dag_run.logical_date
    else:
        end = given_end(params["ts_end"])
    end = end.astimezone(timezone.utc).replace(microsecond=0)
    return (end - timedelta(hours=load)).isoformat(), end.isoformat()


def step_of(schedule: str, plan: dict, name: str, dag_run, params) -> dict:
    """The EMR step that runs the check of one config file."""
    load, template, names, total = plan["load"], plan["template"], plan["names"], plan["total"]
    step_name = f"{PurePosixPath(name).name.removesuffix('.yml')}_{load}x"
    values = {
        "config_uri": f"s3://{S3_BUCKET}/{configs_prefix(schedule, load)}{name}",
        "load": str(load),
        "results_uri": f"s3://{S3_BUCKET}/{RESULTS_PREFIX}/{schedule}/{load}x/",
        # EMR keeps a step's arguments: by them a report knows a partial round.
        "run_id": dag_run.run_id + ("" if len(names) == total else f"~only_{len(names)}_of_{total}"),
        "step_name": step_name,
    }
    arguments = list(template["Args"])
    if "HourlyArgs" in template:
        arguments += template["HourlyArgs"]
        values["ts_start"], values["ts_end"] = hourly_window(load, dag_run, params)
    placeholder = re.compile("{(" + "|".join(values) + ")}")
    arguments = [placeholder.sub(lambda match: values[match[1]], argument) for argument in arguments]
    return {
        "Name": step_name,
        # EMR requires it when several steps run at once; one failed check must not stop the others.
        "ActionOnFailure": "CONTINUE",
        "HadoopJarStep": {"Jar": template["Jar"], "Args": arguments},
    }


def steps_of(schedule: str, plan: dict, dag_run, params) -> dict[str, dict]:
    return {name: step_of(schedule, plan, name, dag_run, params) for name in plan["names"]}


def submitted_before(emr, cluster_id: str, steps: dict[str, dict]) -> dict[str, str | None]:
    """Step id of each check that this run has already submitted; None if EMR no longer returns the step.

    Checks are submitted in order, so when EMR returns only its newest records, every check before the last visible one
    was also submitted.
    """
    pages = emr.get_paginator("list_steps").paginate(ClusterId=cluster_id)
    records = [step for page in pages for step in page["Steps"]]
    names = list(steps)
    name_of = {tuple(step["HadoopJarStep"]["Args"]): name for name, step in steps.items()}
    ids = {name_of.get(tuple(record["Config"]["Args"])): record["Id"] for record in records}
    found = {name: ids[name] for name in names if name in ids}
    if found and len(records) >= STEP_RECORDS_KEPT:
        last = max(names.index(name) for name in found)
        return {name: found.get(name) for name in names[: last + 1]}
    return found


def look_at(emr, cluster_id: str, step_ids: list[str]) -> list[dict]:
    """The records of these steps, and of others among the newest.

    Few calls, because the whole account may list steps only once every two seconds: pages (newest first) until ten of
    these steps are left, then those ten (old, slow steps) by id.
    """
    records = {}
    unseen = set(step_ids)
    if len(unseen) > 10:
        for page in emr.get_paginator("list_steps").paginate(ClusterId=cluster_id):
            records.update((step["Id"], step) for step in page["Steps"])
            unseen -= records.keys()
            if len(unseen) <= 10:
                break
    unseen = sorted(unseen)
    for start in range(0, len(unseen), 10):
        page = emr.list_steps(ClusterId=cluster_id, StepIds=unseen[start : start + 10])
        records.update((step["Id"], step) for step in page["Steps"])
    return list(records.values())


def outcome(step: dict) -> tuple[str, str]:
    """State and reason of a step that has ended."""
    failure = step["Status"].get("FailureDetails", {})
    return step["Status"]["State"], failure.get("Message") or failure.get("Reason") or ""


def add_steps(emr, cluster_id: str, steps: list[dict]) -> list[str] | None:
    """Ids of the new steps; [] when EMR refused them for now; None when nobody knows whether it took them."""
    from botocore.exceptions import ClientError, HTTPClientError

    try:
        return emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=steps)["StepIds"]
    except HTTPClientError as error:
        log.warning("No answer to AddJobFlowSteps, reading the cluster's steps before going on: %s", error)
        return None
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        # The last one is a cluster that has just started to terminate: the next poll reads the reason.
        if "Throttl" in code or "number of active steps" in message or "may not be modified" in message:
            log.info("EMR takes no steps now, the next poll decides: %s", error)
            return []
        if code == "ValidationException":
            raise AirflowFailException(f"EMR refuses these steps, and would again: {message}") from error
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            log.warning("EMR failed in AddJobFlowSteps, reading the cluster's steps before going on: %s", error)
            return None
        raise


def cluster_of_run(emr, name: str) -> str | None:
    """The id of the cluster that this run created under this name and that is still up, if there is one."""
    pages = emr.get_paginator("list_clusters").paginate(ClusterStates=CLUSTER_UP)
    clusters = (cluster for page in pages for cluster in page["Clusters"])
    return next((cluster["Id"] for cluster in clusters if cluster["Name"] == name), None)


def make_event_log_folder(config: dict) -> None:
    """Spark refuses to start when `spark.eventLog.dir` does not exist, and on S3 a folder exists only as an object."""
    for classification in config.get("Configurations", []):
        folder = classification.get("Properties", {}).get("spark.eventLog.dir", "")
        if folder.startswith("s3://"):
            bucket, _, key = folder.removeprefix("s3://").partition("/")
            aws_client("s3").put_object(Bucket=bucket, Key=key.rstrip("/") + "/")


def require_meant(schedule: str, dag_run, params) -> None:
    """Rejects a conf that would not do what it says before a cluster is paid for."""
    conf = dag_run.conf or {}
    unknown = sorted(set(conf) - {*PARAMS, "round"})
    if unknown:
        raise AirflowFailException(f"Unknown in conf: {', '.join(unknown)}. Known: {', '.join(PARAMS)}, round.")
    # A field of the form that was left empty may be None or [].
    ignored = [key for key in PARAMS if key in conf and (conf[key] or None) != (params[key] or None)]
    if ignored:
        raise AirflowFailException(
            f"This Airflow ignores {', '.join(ignored)} in conf, because its configuration has "
            "dag_run_conf_overrides_params = False (section core). Set it to True, or trigger without "
            "these keys. No cluster was created."
        )
    if params["ts_end"] is not None and schedule != "hourly":
        raise AirflowFailException(f"ts_end is for hourly; the windows of {schedule} are in its configs.")


def require_region() -> None:
    from botocore.exceptions import NoRegionError

    try:
        aws_client("emr")
    except NoRegionError as error:
        raise AirflowFailException(
            f"No AWS region: set region_name in the extra of Airflow's connection {AWS_CONN_ID}, or AWS_DEFAULT_REGION "
            "where its tasks run. No cluster was created."
        ) from error


def require_end_of_cluster(schedule: str, config: dict, params) -> None:
    """Airflow before 2.10.5 skips `terminate` when somebody marks the run failed: another end must be in place."""
    try:
        from airflow.version import version
    except ImportError:  # a worker of Airflow 3 may have the task SDK alone
        return
    from packaging.version import Version

    if Version(version) >= Version("2.10.5"):
        return
    skipped = f"Airflow {version} (before 2.10.5) skips terminate when somebody marks a run failed"
    if params["cluster_id"]:
        log.warning("%s: the steps that this run has submitted then go on.", skipped)
        return
    policy = config.get("AutoTerminationPolicy")
    if policy is None:
        raise AirflowFailException(
            f"{skipped}, and the {schedule} cluster config has no AutoTerminationPolicy: the cluster would stay up, "
            "and paid for. Add AutoTerminationPolicy to the config, or use a newer Airflow. No cluster was created."
        )
    idle = policy.get("IdleTimeout", 3600)
    log.warning("%s: the cluster then ends only when it has been idle for %s s, or by hand.", skipped, idle)


def chosen(names: list[str], only: list[str], prefix: str) -> list[str]:
    """The configs that `only` names: each by its path or its file name, with or without `.yml`."""
    forms = {name: {name, PurePosixPath(name).name} for name in names}
    known = sorted(set().union(*forms.values()))
    meant = [one if one.endswith(".yml") else f"{one}.yml" for one in only]
    unknown = [one for one in meant if one not in known]
    if unknown:
        near = [get_close_matches(one, known, n=1) for one in unknown[:10]]
        shown = (f"{one} (did you mean {n[0]}?)" if n else one for one, n in zip(unknown, near))
        raise AirflowFailException(
            f"`only` names {len(unknown)} that are not under {prefix}: {', '.join(shown)}. No cluster was created."
        )
    return [name for name in names if forms[name] & set(meant)]


def require_sound_steps(schedule: str, plan: dict, dag_run, params) -> None:
    arguments = plan["template"]["Args"]
    for placeholder in ("{config_uri}", "{run_id}"):
        if not any(argument == placeholder or argument.endswith("=" + placeholder) for argument in arguments):
            raise AirflowFailException(
                f"AuditStep.Args in the {schedule} cluster config must hold {{config_uri}} and {{run_id}}, each as an "
                "argument or as --option={…}: a retry knows its checks by them. No cluster was created."
            )
    too_long = [
        name
        for name, step in steps_of(schedule, plan, dag_run, params).items()
        if len(step["Name"]) > STEP_NAME_LIMIT or sum(map(len, step["HadoopJarStep"]["Args"])) > STEP_ARGUMENTS_LIMIT
    ]
    if too_long:
        raise AirflowFailException(
            f"EMR takes step names of {STEP_NAME_LIMIT} and arguments of {STEP_ARGUMENTS_LIMIT} characters; longer are "
            f"those of {'; '.join(too_long[:10])} ({len(too_long)} in all). No cluster was created."
        )


@task(retries=2, retry_delay=timedelta(seconds=RETRY_SECONDS), execution_timeout=TASK_TIMEOUT)
def list_configs(schedule: str, dag_run=None, params=None):
    """The plan of this run, whatever is deployed meanwhile. Fails before a cluster is paid for.

    `names` are the check configs, relative to their prefix.
    """
    require_meant(schedule, dag_run, params)
    config, template = cluster_config(schedule)
    require_end_of_cluster(schedule, config, params)
    require_region()
    prefix = configs_prefix(schedule, LOAD)
    pages = aws_client("s3").get_paginator("list_objects_v2").paginate(Bucket=S3_BUCKET, Prefix=prefix)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    names = [key[len(prefix) :] for key in keys if key.endswith(".yml")]
    if not names:
        raise AirflowFailException(
            f"No check config (.yml) under s3://{S3_BUCKET}/{prefix}. No cluster was created. "
            f"Upload the checks of load {LOAD}x, or upload the DAG with the LOAD whose checks are there."
        )
    total = len(names)
    if params["only"]:
        names = chosen(names, params["only"], f"s3://{S3_BUCKET}/{prefix}")
    plan = {
        "load": LOAD,
        "cluster_name": f"{config['Name']}_{LOAD}x_{dag_run.run_id}"[:256],
        "template": template,
        "names": names,
        "total": total,
    }
    require_sound_steps(schedule, plan, dag_run, params)
    step = step_of(schedule, plan, names[0], dag_run, params)
    log.info("%d of %d checks under s3://%s/%s; the first step: %s", len(names), total, S3_BUCKET, prefix, step)
    return plan


@task(retries=2, retry_delay=timedelta(seconds=RETRY_SECONDS), execution_timeout=TASK_TIMEOUT)
def create_cluster(schedule: str, plan: dict, params=None):
    """The id of the cluster for this run: `cluster_id`, the cluster of an earlier attempt, or a new one."""
    emr = aws_client("emr")
    if params["cluster_id"]:
        cluster = emr.describe_cluster(ClusterId=params["cluster_id"])["Cluster"]
        state = cluster["Status"]["State"]
        if state not in CLUSTER_UP:
            raise AirflowFailException(f"Cluster {params['cluster_id']} is {state}: give one that is up, or none.")
        ours = [cluster_config(cadence)[0]["Name"] for cadence in CADENCES]
        if not cluster["Name"].startswith(tuple(ours)):
            raise AirflowFailException(
                f"Cluster {params['cluster_id']} ({cluster['Name']}) is not one of a load test: the names of those "
                f"begin with {', '.join(ours)}. Nothing was submitted to it."
            )
        return params["cluster_id"]
    existing = cluster_of_run(emr, plan["cluster_name"])
    if existing:
        log.info("An earlier attempt of this run has created %s.", existing)
        return existing
    config, _ = cluster_config(schedule)
    make_event_log_folder(config)
    request = {**config, "Name": plan["cluster_name"]}
    return aws_client("emr", attempts=1).run_job_flow(**request)["JobFlowId"]


@task(retries=3, retry_delay=timedelta(seconds=RETRY_SECONDS), execution_timeout=ROUND_TIMEOUT)
def submit_and_wait(schedule: str, plan: dict, cluster_id: str, dag_run=None, params=None):
    """Submit the checks, at most ACTIVE_STEPS_LIMIT at a time, and wait for the last to end.

    Returns one row for each check that did not complete.
    """
    emr, emr_once = aws_client("emr"), aws_client("emr", attempts=1)
    steps = steps_of(schedule, plan, dag_run, params)
    names = plan["names"]
    deadline = dag_run.start_date + timedelta(hours=MAX_ROUND_HOURS)
    submitted = None  # check -> step id; None: read it from the cluster first
    ended = {}  # step id -> (state, reason)

    while True:
        # Read the steps before the cluster: steps that end with their cluster then have their final state.
        if submitted is not None:
            unfinished = [step_id for step_id in submitted.values() if step_id and step_id not in ended]
            records = look_at(emr, cluster_id, unfinished)
            active = sum(step["Status"]["State"] in STEP_ACTIVE for step in records)
            ended.update(
                (step["Id"], outcome(step))
                for step in records
                if step["Id"] in unfinished and step["Status"]["State"] not in STEP_ACTIVE
            )
            waiting = [name for name in names if name not in submitted]
            log.info("%d checks ended, %d to be submitted, %d steps active.", len(ended), len(waiting), active)
            is_through = not waiting and all(step_id in ended for step_id in unfinished)
            # The state of the cluster after the last check does not matter to the round.
            if is_through and all(state in STEP_RAN for state, _ in ended.values()):
                break

        status = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]
        is_up = status["State"] in CLUSTER_UP
        # A terminated cluster still lists its steps.
        was_ready = status["State"] in CLUSTER_READY or "ReadyDateTime" in status.get("Timeline", {})
        if submitted is None and was_ready:
            submitted = submitted_before(emr, cluster_id, steps)
            log.info("%d of %d checks were submitted before.", len(submitted), len(names))
            continue
        if not is_up:
            change = status.get("StateChangeReason", {})
            reason = f"{status['State']}: {change.get('Message') or change.get('Code') or 'EMR gave no reason'}"
            if submitted is None:
                raise AirflowFailException(f"Cluster {cluster_id} did not start ({reason}). No check was run.")
            completed = sum(state == "COMPLETED" for state, _ in ended.values())
            raise AirflowFailException(
                f"Cluster {cluster_id} ended in mid-run ({reason}). "
                f"Of {len(names)} checks, {completed} were seen to complete."
            )
        if submitted is not None and is_through:
            break
        if datetime.now(timezone.utc) > deadline:
            raise AirflowFailException(f"The round has taken more than {MAX_ROUND_HOURS} hours. Giving up.")

        room = 0
        if submitted is not None and waiting:
            still = (place for place, step_id in enumerate(submitted.values()) if step_id and step_id not in ended)
            newer = len(submitted) - next(still, len(submitted))
            room = min(ACTIVE_STEPS_LIMIT - active, NEWER_STEPS_LIMIT - newer)
        if room > 0:
            batch = waiting[:room]
            step_ids = add_steps(emr_once, cluster_id, [steps[name] for name in batch])
            submitted = None if step_ids is None else {**submitted, **dict(zip(batch, step_ids))}
        time.sleep(POLL_SECONDS * random.uniform(0.8, 1.2))

    forgotten = ("UNKNOWN", f"ended before a retry, and EMR shows only the newest {STEP_RECORDS_KEPT} steps")
    rows = [(name, submitted[name], *ended.get(submitted[name], forgotten)) for name in names]
    problems = [row for row in rows if row[2] != "COMPLETED"]
    log.info("%d of %d checks completed.", len(names) - len(problems), len(names))
    return [dict(zip(("check", "step", "state", "reason"), row)) for row in problems]


def cancel_own_steps(emr, cluster_id: str, steps: dict[str, dict]) -> None:
    """Cancels the steps of an abandoned round on a cluster that stays up: they would distort the next round."""
    own = {tuple(step["HadoopJarStep"]["Args"]) for step in steps.values()}
    pages = emr.get_paginator("list_steps").paginate(ClusterId=cluster_id, StepStates=["PENDING", "RUNNING"])
    ids = [step["Id"] for page in pages for step in page["Steps"] if tuple(step["Config"]["Args"]) in own]
    log.info("Cancelling %d steps of this run on %s, which stays up.", len(ids), cluster_id)
    if ids:
        emr.cancel_steps(ClusterId=cluster_id, StepIds=ids, StepCancellationOption="TERMINATE_PROCESS")


@task(
    retries=TERMINATE_RETRIES,
    retry_delay=timedelta(seconds=RETRY_SECONDS),
    retry_exponential_backoff=True,
    max_retry_delay=timedelta(minutes=15),
    execution_timeout=TASK_TIMEOUT,
)
def terminate(
    schedule: str, plan: dict | None, cluster_id: str | None, problems: list | None, dag_run=None, params=None
):
    """End the cluster that this run created, however the run went.

    `keep_cluster` applies only to a completed round. An abandoned round cancels its steps on a given cluster and ends
    its own cluster.
    """
    if plan is None:
        log.info("The run ended before a cluster was asked for.")
        return
    emr = aws_client("emr")
    if params["cluster_id"]:
        if problems is None and cluster_id:
            cancel_own_steps(emr, cluster_id, steps_of(schedule, plan, dag_run, params))
        return
    if params["keep_cluster"] and problems is not None:
        log.info("%s stays up; its AutoTerminationPolicy ends it when it is idle.", cluster_id)
        return
    # Without an id, create_cluster was killed before it returned one, and the cluster may not exist yet.
    late = time.monotonic() + LATE_CLUSTER_SECONDS
    while not cluster_id:
        cluster_id = cluster_of_run(emr, plan["cluster_name"])
        if not cluster_id and time.monotonic() > late:
            log.info("No cluster of the name %s is up.", plan["cluster_name"])
            return
        time.sleep(0 if cluster_id else POLL_SECONDS)
    log.info("Terminating %s.", cluster_id)
    try:
        emr.terminate_job_flows(JobFlowIds=[cluster_id])
    except Exception as error:
        raise RuntimeError(
            f"Cluster {cluster_id} is STILL UP, and paid for: end it by hand if this goes on."
        ) from error


@task(execution_timeout=TASK_TIMEOUT)
def verdict(plan: dict, problems: list[dict] | None):
    """Fail the run if a check did not complete. Otherwise a run with failed checks would be green."""
    if problems is None:
        raise AirflowFailException("The round did not come to its end: the log of submit_and_wait says why.")
    names = plan["names"]
    partial = "" if len(names) == plan["total"] else f" (a partial round: `only` named {len(names)} of {plan['total']})"
    if not problems:
        log.info("All %d checks completed%s.", len(names), partial)
        return
    shown = "; ".join(f"{row['check']} {row['state']} ({row['reason'] or row['step']})" for row in problems[:50])
    more = f"; and {len(problems) - 50} more" if len(problems) > 50 else ""
    raise AirflowFailException(f"{len(problems)} of {len(names)} checks did not complete{partial}: {shown}{more}")


PARAMS = {
    "cluster_id": Param(
        None, type=["null", "string"], pattern="^j-[A-Z0-9]{1,20}$", description="A cluster that is up; it stays up."
    ),
    "keep_cluster": Param(False, type="boolean", description="Leave the new cluster up for the next round."),
    "only": Param(
        None,
        type=["null", "array"],
        items={"type": "string"},
        description="Run these checks alone, by file name: a smoke run, or what failed. Such a round is partial.",
    ),
    "ts_end": Param(
        None, type=["null", "string"], format="date-time", description="Hourly only: the end of the window."
    ),
}

CADENCES = ("15m", "hourly", "daily")

for cadence in CADENCES:
    with DAG(
        dag_id=f"yang_audit_load_test_{cadence}",
        description=f"Load test of the {cadence} audit checks at {LOAD}x",
        doc_md=__doc__,
        schedule=None,
        catchup=False,
        max_active_runs=1,
        params=PARAMS,
        tags=["audit_load_test", cadence, f"load_{LOAD}x"],
    ):
        plan = list_configs(cadence)
        cluster = create_cluster(cadence, plan)
        problems = submit_and_wait(cadence, plan, cluster)
        ended = terminate(cadence, plan, cluster, problems)
        judged = verdict(plan, problems)
        # Teardowns still run when somebody marks the run failed: the cluster ends, and the verdict keeps the run from
        # turning green. list_configs is a setup of both, so that a cluster is also ended if create_cluster was killed
        # after RunJobFlow.
        ended.as_teardown(setups=[plan, cluster], on_failure_fail_dagrun=True)
        judged.as_teardown(setups=plan, on_failure_fail_dagrun=True)
