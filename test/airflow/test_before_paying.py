"""What is known before a cluster is paid for is said before it, and at once."""

import json

import pytest
from airflow.exceptions import AirflowTaskTimeout

from deployment import BUCKET
from live_airflow import AIRFLOW, AIRFLOW_3, TEARDOWNS_RUN_WHEN_MARKED_FAILED


def assert_nothing_was_paid_for(deployment, run):
    assert run.state == "failed"
    assert run.tries["list_configs"] == 1, run.log
    assert "RunJobFlow" not in deployment.aws.operations()


def change_cluster_config(deployment, change):
    file = deployment.folder / "cluster_configs" / "yang_audit_load_test_cluster_15m.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    change(config)
    file.write_text(json.dumps(config), encoding="utf-8")


def test_a_conf_that_airflow_ignores_is_refused(deployment, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__DAG_RUN_CONF_OVERRIDES_PARAMS", "False")
    deployment.put_checks("15m", ["check_a_15m.yml", "check_b_15m.yml"])

    run = deployment.run("15m", {"keep_cluster": True, "only": ["check_a_15m"], "round": 3})

    assert_nothing_was_paid_for(deployment, run)
    assert "ignores keep_cluster, only in conf" in run.log and "dag_run_conf_overrides_params = False" in run.log


def test_a_missing_region_is_said_at_once(deployment, monkeypatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)

    run = deployment.run("15m")

    assert run.state == "failed"
    assert run.tries["list_configs"] == 1, run.log
    assert "No AWS region: set region_name in the extra of Airflow's connection aws_default" in run.log
    monkeypatch.undo()
    assert deployment.aws.operations() == deployment.aws.operations("s3") == []


def test_a_check_that_only_names_and_the_prefix_lacks_is_refused_with_the_nearest_name(deployment):
    deployment.put_checks("15m", ["check_orders_15m.yml", "nested/check_a_15m.yml"])

    run = deployment.run("15m", {"only": ["check_ordres_15m", "nested/check_a_15m"]})

    assert_nothing_was_paid_for(deployment, run)
    prefix = f"s3://{BUCKET}/{deployment.prefix('15m')}"
    assert f"names 1 that are not under {prefix}: check_ordres_15m.yml (did you mean check_orders_15m.yml?)" in run.log


def test_only_runs_the_named_checks_and_the_verdict_calls_the_round_partial(deployment):
    # The embedded AWS gives this one a column that its table does not have.
    failing = "check_consent_15m.yml"
    deployment.put_checks("15m", ["check_a_15m.yml", "check_b_15m.yml", failing, "nested/check_a_15m.yml"])

    run = deployment.run("15m", {"only": ["check_consent_15m", "nested/check_a_15m.yml"]})

    assert run.tasks["submit_and_wait"] == "success", run.log
    assert "1 of 2 checks did not complete (a partial round: `only` named 2 of 4): " + failing in run.log
    steps = deployment.aws.steps(deployment.cluster_of(run)["id"])
    assert [(step["Config"]["Args"][-7], step["Config"]["Args"][-1]) for step in steps] == [
        (f"s3://{BUCKET}/{deployment.prefix('15m')}{name}", f"{run.run_id}~only_2_of_4")
        for name in (failing, "nested/check_a_15m.yml")
    ]


def test_a_config_without_auto_termination_is_refused_where_a_run_marked_failed_would_leave_its_cluster_up(deployment):
    change_cluster_config(deployment, lambda config: config.pop("AutoTerminationPolicy"))
    deployment.put_checks("15m", ["check_a_15m.yml"])

    run = deployment.run("15m")

    if TEARDOWNS_RUN_WHEN_MARKED_FAILED:
        assert run.state == "success", run.log
        assert "2.10.5" not in run.log
    else:
        assert_nothing_was_paid_for(deployment, run)
        assert f"Airflow {AIRFLOW} (before 2.10.5) skips terminate when somebody marks a run failed" in run.log
        assert "has no AutoTerminationPolicy" in run.log


@pytest.mark.skipif(TEARDOWNS_RUN_WHEN_MARKED_FAILED, reason="since Airflow 2.10.5 the cluster ends")
def test_an_older_airflow_says_in_the_log_when_a_cluster_would_stay_up(deployment):
    deployment.put_checks("15m", ["check_a_15m.yml"])

    run = deployment.run("15m", {"keep_cluster": True})
    again = deployment.run("15m", {"cluster_id": deployment.cluster_of(run)["id"]})

    assert (run.state, again.state) == ("success", "success"), run.log + again.log
    assert "the cluster then ends only when it has been idle for 604800 s, or by hand" in run.log
    assert "the steps that this run has submitted then go on" in again.log


def test_a_call_that_hangs_is_ended_and_made_again(slow_deployment):
    slow_deployment.rewrite(TASK_MINUTES=0.1)
    fault = {"service": "s3", "operation": "ListObjectsV2", "delayMs": 59_000, "times": 1}
    slow_deployment.aws.control("POST", "faults", [fault])

    if not AIRFLOW_3:
        # `dag.test` of Airflow 2 stops at a timeout; a scheduler would try again.
        with pytest.raises(AirflowTaskTimeout):
            slow_deployment.run("15m")
        return
    run = slow_deployment.run("15m")
    assert run.tries["list_configs"] == 2
    assert "Timeout" in run.log and "No check config (.yml)" in run.log
