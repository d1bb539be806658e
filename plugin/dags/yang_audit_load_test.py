"""Run every audit check of one schedule at LOAD on an EMR cluster of its own.

Three DAGs, `yang_audit_load_test_15m`, `_hourly` and `_daily`, triggered by hand. Each lists the check configs
under `s3://{S3_BUCKET}/{CONFIGS_PREFIX}/{schedule}/{LOAD}x/`, creates the cluster of
`cluster_configs/yang_audit_load_test_cluster_{schedule}.json`, runs one step a check, ends the cluster and fails
when a check failed.

The trigger form takes `cluster_id` (a round on a cluster that is up, which stays up), `keep_cluster` (a new
cluster that stays up for the next round) and, for hourly, `ts_end` (the end of the window, LOAD hours long).

A retry goes on where the last attempt stopped: a check is known by the run id and the URI of its config, both
in its step's arguments. To run the checks once more, trigger a new run.
"""

from __future__ import annotations

import json
import logging
import random
import re
import time
from datetime import datetime, timedelta, timezone
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

# uploadDags rewrites LOAD and compares the next three with its settings: plain literals, assigned once.
LOAD = 2
S3_BUCKET = "klaviyo-data-platform-orchestration-v1"
CONFIGS_PREFIX = "checks_load_test/configs"
RESULTS_PREFIX = "checks_load_test/results"

AWS_CONN_ID = "aws_default"
POLL_SECONDS = 30
RETRY_SECONDS = 60
# EMR takes 256 pending and running steps a cluster; the rest is room for steps added by hand.
ACTIVE_STEPS_LIMIT = 200
# EMR forgets all but the newest records of a cluster's steps.
STEP_RECORDS_KEPT = 1000
# A check that hangs must not pay for a cluster for ever.
MAX_ROUND_HOURS = 24

CLUSTER_UP = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]
CLUSTER_READY = ["RUNNING", "WAITING"]
STEP_ACTIVE = ["PENDING", "CANCEL_PENDING", "RUNNING"]

log = logging.getLogger(__name__)


def aws_client(service: str, attempts: int = 10):
    """A client of Airflow's AWS connection that backs off when throttled.

    `attempts=1` is for the calls that must not be sent twice: a lost answer is no sign that nothing happened.
    """
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
    from botocore.config import Config

    retries = {"mode": "adaptive", "total_max_attempts": attempts}
    config = Config(retries=retries, connect_timeout=5, read_timeout=60)
    return AwsBaseHook(aws_conn_id=AWS_CONN_ID, client_type=service, config=config).get_conn()


def cluster_config(schedule: str) -> tuple[dict, dict]:
    """The RunJobFlow request and, apart from it, the template of a check's step."""
    folder = Path(__file__).parent / "cluster_configs"
    config = json.loads((folder / f"yang_audit_load_test_cluster_{schedule}.json").read_text(encoding="utf-8"))
    return config, config.pop("AuditStep")


def configs_prefix(schedule: str) -> str:
    return f"{CONFIGS_PREFIX}/{schedule}/{LOAD}x/"


def config_uri(schedule: str, name: str) -> str:
    return f"s3://{S3_BUCKET}/{configs_prefix(schedule)}{name}"


def hourly_window(dag_run, params) -> tuple[str, str]:
    """Start and end, ISO 8601 UTC: LOAD hours that end at `ts_end`, or at the time the run is for."""
    if params["ts_end"]:
        try:
            end = datetime.fromisoformat(params["ts_end"].replace("Z", "+00:00"))
        except ValueError:
            end = datetime.min
        if end.tzinfo is None:
            example = "2025-12-08T15:00:00+00:00"
            raise AirflowFailException(f"ts_end {params['ts_end']!r} is not a time with an offset, such as {example}.")
    else:
        end = getattr(dag_run, "run_after", None) or dag_run.logical_date
    end = end.astimezone(timezone.utc).replace(microsecond=0)
    return (end - timedelta(hours=LOAD)).isoformat(), end.isoformat()


def step_of(schedule: str, template: dict, name: str, dag_run, params) -> dict:
    """The EMR step that runs the check of one config file."""
    values = {
        "config_uri": config_uri(schedule, name),
        "load": str(LOAD),
        "results_uri": f"s3://{S3_BUCKET}/{RESULTS_PREFIX}/{schedule}/{LOAD}x/",
        "run_id": dag_run.run_id,
    }
    arguments = list(template["Args"])
    if "HourlyArgs" in template:
        arguments += template["HourlyArgs"]
        values["ts_start"], values["ts_end"] = hourly_window(dag_run, params)
    placeholder = re.compile("{(" + "|".join(values) + ")}")
    arguments = [placeholder.sub(lambda match: values[match[1]], argument) for argument in arguments]
    return {
        "Name": f"{PurePosixPath(name).name.removesuffix('.yml')}_{LOAD}x",
        # The only choice EMR allows when several steps run at once; one failed check must not stop the others.
        "ActionOnFailure": "CONTINUE",
        "HadoopJarStep": {"Jar": template["Jar"], "Args": arguments},
    }


def carries(arguments: list[str], value: str) -> bool:
    """Whether a step was given this value, as an argument or as `--option=value`."""
    return any(argument == value or argument.endswith("=" + value) for argument in arguments)


def submitted_before(emr, cluster_id: str, schedule: str, names: list[str], run_id: str) -> dict[str, str | None]:
    """Step id (None: EMR has forgotten it) of each check that this run has already given to the cluster.

    Checks are submitted in the order of `names`, so when EMR shows only its newest records, every check
    before the last one that is visible has been submitted too.
    """
    pages = emr.get_paginator("list_steps").paginate(ClusterId=cluster_id)
    records = [step for page in pages for step in page["Steps"]]
    name_of = {config_uri(schedule, name): name for name in names}
    found = {}
    for step in records:
        arguments = step["Config"]["Args"]
        if carries(arguments, run_id):
            uris = {argument[argument.find("s3://") :] for argument in arguments if "s3://" in argument}
            found.update((name_of[uri], step["Id"]) for uri in uris & name_of.keys())
    if found and len(records) >= STEP_RECORDS_KEPT:
        last = max(names.index(name) for name in found)
        return {name: found.get(name) for name in names[: last + 1]}
    return found


def look_at(emr, cluster_id: str, step_ids: list[str]) -> list[dict]:
    """The records of these steps, and of those that lie among the newest.

    Few calls, because the whole account may list steps only once in two seconds: pages, which come newest first,
    down to the last ten of these steps, and those ten (the slow ones of a while ago) by id.
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
        # The last is a cluster that has just begun to end: the next look at it says why.
        if "Throttl" in code or "number of active steps" in message or "may not be modified" in message:
            log.info("EMR takes no steps now, the next poll decides: %s", error)
            return []
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            log.warning("EMR failed in AddJobFlowSteps, reading the cluster's steps before going on: %s", error)
            return None
        raise


def cluster_name(config: dict, dag_run) -> str:
    return f"{config['Name']}_{LOAD}x_{dag_run.run_id}"[:256]


def cluster_of_run(emr, config: dict, dag_run) -> str | None:
    """The id of the cluster that this run created and that is still up, if there is one."""
    pages = emr.get_paginator("list_clusters").paginate(ClusterStates=CLUSTER_UP)
    clusters = (cluster for page in pages for cluster in page["Clusters"])
    return next((cluster["Id"] for cluster in clusters if cluster["Name"] == cluster_name(config, dag_run)), None)


def make_event_log_folder(config: dict) -> None:
    """Spark refuses to start when `spark.eventLog.dir` does not exist, and on S3 a folder exists only as an object."""
    for classification in config.get("Configurations", []):
        folder = classification.get("Properties", {}).get("spark.eventLog.dir", "")
        if folder.startswith("s3://"):
            bucket, _, key = folder.removeprefix("s3://").partition("/")
            aws_client("s3").put_object(Bucket=bucket, Key=key.rstrip("/") + "/")


@task(retries=2, retry_delay=timedelta(seconds=RETRY_SECONDS))
def list_configs(schedule: str, dag_run=None, params=None):
    """Names of the check configs, relative to their prefix. Fails before a cluster is paid for."""
    prefix = configs_prefix(schedule)
    pages = aws_client("s3").get_paginator("list_objects_v2").paginate(Bucket=S3_BUCKET, Prefix=prefix)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    names = [key[len(prefix) :] for key in keys if key.endswith(".yml")]
    if not names:
        raise AirflowFailException(
            f"No check config (.yml) under s3://{S3_BUCKET}/{prefix}. No cluster was created. "
            f"Upload the checks of load {LOAD}x, or upload the DAG with the LOAD whose checks are there."
        )
    _, template = cluster_config(schedule)
    step = step_of(schedule, template, names[0], dag_run, params)
    arguments = step["HadoopJarStep"]["Args"]
    if not (carries(arguments, config_uri(schedule, names[0])) and carries(arguments, dag_run.run_id)):
        raise AirflowFailException(
            f"AuditStep.Args in the {schedule} cluster config must hold {{config_uri}} and {{run_id}}, each as an "
            "argument or as --option={…}: a retry knows its checks by them. No cluster was created."
        )
    log.info("%d checks under s3://%s/%s; the first step: %s", len(names), S3_BUCKET, prefix, step)
    return names


@task(retries=2, retry_delay=timedelta(seconds=RETRY_SECONDS))
def create_cluster(schedule: str, dag_run=None, params=None):
    """The id of the cluster for this run: the one in `cluster_id`, one of an earlier attempt, or a new one."""
    emr = aws_client("emr")
    if params["cluster_id"]:
        state = emr.describe_cluster(ClusterId=params["cluster_id"])["Cluster"]["Status"]["State"]
        if state not in CLUSTER_UP:
            raise AirflowFailException(f"Cluster {params['cluster_id']} is {state}: give one that is up, or none.")
        return params["cluster_id"]
    config, _ = cluster_config(schedule)
    existing = cluster_of_run(emr, config, dag_run)
    if existing:
        log.info("An earlier attempt of this run has created %s.", existing)
        return existing
    make_event_log_folder(config)
    request = {**config, "Name": cluster_name(config, dag_run)}
    return aws_client("emr", attempts=1).run_job_flow(**request)["JobFlowId"]


@task(retries=3, retry_delay=timedelta(seconds=RETRY_SECONDS))
def submit_and_wait(schedule: str, names: list[str], cluster_id: str, dag_run=None, params=None):
    """Give the checks to the cluster, at most ACTIVE_STEPS_LIMIT at a time, and wait for the last to end.

    Returns one row for each check that did not complete.
    """
    emr, emr_once = aws_client("emr"), aws_client("emr", attempts=1)
    _, template = cluster_config(schedule)
    deadline = dag_run.start_date + timedelta(hours=MAX_ROUND_HOURS)
    submitted = None  # check -> step id; None: to be read from the cluster
    ended = {}  # step id -> (state, reason)

    while True:
        # Steps before cluster: steps that end with their cluster are then seen as what they are.
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

        status = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]
        if status["State"] not in CLUSTER_UP:
            change = status.get("StateChangeReason", {})
            reason = f"{status['State']}: {change.get('Message') or change.get('Code') or 'EMR gave no reason'}"
            if "ReadyDateTime" not in status.get("Timeline", {}):
                raise AirflowFailException(f"Cluster {cluster_id} did not start ({reason}). No check was run.")
            completed = sum(state == "COMPLETED" for state, _ in ended.values())
            raise AirflowFailException(
                f"Cluster {cluster_id} ended in mid-run ({reason}). "
                f"Of {len(names)} checks, {completed} were seen to complete."
            )
        if submitted is not None and not waiting and all(step_id in ended for step_id in unfinished):
            break
        if datetime.now(timezone.utc) > deadline:
            raise AirflowFailException(f"The round has taken more than {MAX_ROUND_HOURS} hours. Giving up.")

        if submitted is None and status["State"] in CLUSTER_READY:
            submitted = submitted_before(emr, cluster_id, schedule, names, dag_run.run_id)
            log.info("%d of %d checks were submitted before.", len(submitted), len(names))
            continue
        if submitted is not None and waiting and active < ACTIVE_STEPS_LIMIT:
            batch = waiting[: ACTIVE_STEPS_LIMIT - active]
            steps = [step_of(schedule, template, name, dag_run, params) for name in batch]
            step_ids = add_steps(emr_once, cluster_id, steps)
            submitted = None if step_ids is None else {**submitted, **dict(zip(batch, step_ids))}
        time.sleep(POLL_SECONDS * random.uniform(0.8, 1.2))

    forgotten = ("UNKNOWN", f"ended before a retry, and EMR shows only the newest {STEP_RECORDS_KEPT} steps")
    rows = [(name, submitted[name], *ended.get(submitted[name], forgotten)) for name in names]
    problems = [row for row in rows if row[2] != "COMPLETED"]
    log.info("%d of %d checks completed.", len(names) - len(problems), len(names))
    return [dict(zip(("check", "step", "state", "reason"), row)) for row in problems]


@task(retries=5, retry_delay=timedelta(seconds=RETRY_SECONDS))
def terminate(schedule: str, cluster_id: str | None, dag_run=None, params=None):
    """End the cluster that this run created, however the run went."""
    if params["cluster_id"] or params["keep_cluster"]:
        log.info("The cluster stays up; its AutoTerminationPolicy ends it when it is idle.")
        return
    emr = aws_client("emr")
    # There is no id when create_cluster was killed before it could hand it on.
    cluster_id = cluster_id or cluster_of_run(emr, cluster_config(schedule)[0], dag_run)
    if cluster_id:
        emr.terminate_job_flows(JobFlowIds=[cluster_id])
        log.info("Terminating %s.", cluster_id)


@task
def verdict(names: list[str], problems: list[dict] | None):
    """Fail the run when a check did not complete. Without it a run with failed checks would be green."""
    if problems is None:
        raise AirflowFailException("The round did not come to its end: the log of submit_and_wait says why.")
    if not problems:
        log.info("All %d checks completed.", len(names))
        return
    shown = "; ".join(f"{row['check']} {row['state']} ({row['reason'] or row['step']})" for row in problems[:50])
    more = f"; and {len(problems) - 50} more" if len(problems) > 50 else ""
    raise AirflowFailException(f"{len(problems)} of {len(names)} checks did not complete: {shown}{more}")


PARAMS = {
    "cluster_id": Param(
        None, type=["null", "string"], pattern="^j-[A-Z0-9]{1,20}$", description="A cluster that is up; it stays up."
    ),
    "keep_cluster": Param(False, type="boolean", description="Leave the new cluster up for the next round."),
    "ts_end": Param(
        None, type=["null", "string"], format="date-time", description="Hourly only: the end of the window."
    ),
}

for cadence in ("15m", "hourly", "daily"):
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
        names = list_configs(cadence)
        cluster = create_cluster(cadence)
        problems = submit_and_wait(cadence, names, cluster)
        ended = terminate(cadence, cluster)
        judged = verdict(names, problems)
        names >> cluster
        problems >> ended
        # Teardowns are what is left to run when a person marks the run failed: the cluster ends, and the verdict
        # keeps the run from turning green after that. list_configs is a set-up of both, so that a cluster is ended
        # also when create_cluster was killed after RunJobFlow.
        ended.as_teardown(setups=[names, cluster], on_failure_fail_dagrun=True)
        judged.as_teardown(setups=names, on_failure_fail_dagrun=True)
