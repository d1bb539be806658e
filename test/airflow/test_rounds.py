"""Whole rounds in real Airflow against the embedded AWS."""

from datetime import datetime, timedelta

import pytest

from deployment import BUCKET


def test_a_round_of_15m_runs_every_check_once_and_ends_its_cluster(deployment):
    deployment.put_checks("15m", ["check_a_15m.yml", "check_b_freshness.yml", "nested/check_a_15m.yml", "notes.txt"])

    run = deployment.run("15m")

    assert run.state == "success", run.log
    cluster = deployment.cluster_of(run)
    load = deployment.load
    configs = f"s3://{BUCKET}/checks_load_test/configs/15m/{load}x"
    assert cluster["name"] == f"yang_audit_load_test_15m_{load}x_{run.run_id}"
    assert cluster["state"] in ("TERMINATING", "TERMINATED")
    assert [(step["Name"], step["Config"]["Args"][-8:]) for step in deployment.aws.steps(cluster["id"])] == [
        (name, ["--config", config, "--load", str(load), "--results", results, "--run-id", run.run_id])
        for results in [f"s3://{BUCKET}/checks_load_test/results/15m/{load}x/"]
        for name, config in [
            (f"check_a_15m_{load}x", f"{configs}/check_a_15m.yml"),
            (f"check_b_freshness_{load}x", f"{configs}/check_b_freshness.yml"),
            (f"check_a_15m_{load}x", f"{configs}/nested/check_a_15m.yml"),
        ]
    ]


def test_a_round_of_daily_leaves_the_window_to_the_configs(deployment):
    deployment.put_checks("daily", ["check_a_daily.yml"])

    run = deployment.run("daily")

    assert run.state == "success", run.log
    [step] = deployment.aws.steps(deployment.cluster_of(run)["id"])
    assert step["ActionOnFailure"] == "CONTINUE"
    assert "--ts-start" not in step["Config"]["Args"]


def test_a_round_of_hourly_gives_every_check_load_hours_that_end_at_the_run(deployment):
    deployment.put_checks("hourly", ["check_a_hourly.yml", "check_b_table_metrics.yml"])

    before = datetime.now().astimezone().replace(microsecond=0)
    run = deployment.run("hourly")
    after = datetime.now().astimezone()

    assert run.state == "success", run.log
    windows = [step["Config"]["Args"][-4:] for step in deployment.aws.steps(deployment.cluster_of(run)["id"])]
    assert len(windows) == 2 and windows[0] == windows[1]
    start_option, start, end_option, end = windows[0]
    assert (start_option, end_option) == ("--ts-start", "--ts-end")
    assert end.endswith("+00:00") and before <= datetime.fromisoformat(end) <= after
    assert datetime.fromisoformat(end) - datetime.fromisoformat(start) == timedelta(hours=deployment.load)


def test_a_round_of_hourly_takes_the_end_of_its_window_from_the_trigger_form(deployment):
    # A load that no counter of these tests reaches.
    deployment.rewrite(LOAD=500)
    deployment.load = 500
    deployment.put_checks("hourly", ["check_a_hourly.yml"])

    run = deployment.run("hourly", {"ts_end": "2025-12-08T10:30:00.5-05:00"})

    assert run.state == "success", run.log
    [step] = deployment.aws.steps(deployment.cluster_of(run)["id"])
    window = ["--ts-start", "2025-11-17T19:30:00+00:00", "--ts-end", "2025-12-08T15:30:00+00:00"]
    assert step["Config"]["Args"][-4:] == window


def test_a_second_round_on_the_same_cluster_runs_every_check_again_and_leaves_the_cluster_up(deployment):
    names = [f"check_{number}_15m.yml" for number in range(12)]
    deployment.put_checks("15m", names)

    first = deployment.run("15m", {"keep_cluster": True})
    cluster = deployment.cluster_of(first)
    assert (first.state, cluster["state"]) == ("success", "WAITING"), first.log
    second = deployment.run("15m", {"cluster_id": cluster["id"]})

    assert second.state == "success", second.log
    steps = deployment.aws.steps(cluster["id"])
    assert [step["Config"]["Args"][-1] for step in steps] == [first.run_id] * 12 + [second.run_id] * 12
    assert [step["Name"] for step in steps[:12]] == [step["Name"] for step in steps[12:]]
    assert deployment.aws.clusters(second.run_id) == []
    [again] = deployment.aws.clusters(first.run_id)
    assert again["state"] == "WAITING"
    deployment.aws.client("emr").terminate_job_flows(JobFlowIds=[cluster["id"]])


@pytest.mark.parametrize(
    "conf",
    [
        {"cluster_id": "12345"},
        {"keep_cluster": "yes"},
        {"ts_end": "yesterday"},
        {"ts_end": ""},
        {"ts_end": "0001-01-01T00:00:00Z"},
        {"ts_end": "2099-01-01T00:00:00Z"},
        {"clusterid": "j-ABC"},
    ],
)
def test_the_trigger_form_refuses_what_cannot_be_meant(deployment, conf):
    deployment.put_checks("hourly", ["check_a_hourly.yml"])
    try:
        run = deployment.run("hourly", conf)
        state, errors = run.state, run.log
    except Exception as refusal:
        state, errors = "refused", str(refusal)

    assert state in ("refused", "failed")
    assert next(iter(conf)) in errors
    assert "RunJobFlow" not in deployment.aws.operations()
