"""What goes wrong in a round, and how the run says so."""

from deployment import BUCKET


def terminate(deployment):
    """What a person, or EMR itself, does to the cluster of a round behind the DAG's back."""
    [cluster] = deployment.aws.clusters(f"_{deployment.load}x_")
    deployment.aws.client("emr").terminate_job_flows(JobFlowIds=[cluster["id"]])


def deny_once(deployment, operation):
    deployment.aws.control(
        "POST", "faults", [{"service": "emr", "operation": operation, "error": "denied", "times": 1}]
    )


def lose_answer_once(deployment, operation):
    fault = {"service": "emr", "operation": operation, "error": "responseLost", "times": 1}
    deployment.aws.control("POST", "faults", [fault])


def assert_every_check_ran_once(deployment, run, names):
    steps = deployment.aws.steps(deployment.cluster_of(run)["id"])
    configs = [step["Config"]["Args"][-7] for step in steps]
    assert configs == [f"s3://{BUCKET}/{deployment.prefix('15m')}{name}" for name in sorted(names)]


def test_a_check_that_fails_stops_no_other_and_fails_the_run_by_name(deployment):
    # The embedded AWS gives this one a column that its table does not have.
    deployment.put_checks("15m", ["check_a_15m.yml", "check_consent_15m.yml", "check_z_15m.yml"])

    run = deployment.run("15m")

    assert run.state == "failed"
    assert run.tasks["submit_and_wait"] == "success" and run.tasks["verdict"] == "failed"
    assert "1 of 3 checks did not complete: check_consent_15m.yml FAILED" in run.log
    cluster = deployment.cluster_of(run)
    states = {step["Name"]: step["Status"]["State"] for step in deployment.aws.steps(cluster["id"])}
    assert sorted(states.values()) == ["COMPLETED", "COMPLETED", "FAILED"]
    assert cluster["state"] in ("TERMINATING", "TERMINATED")


def test_no_config_under_the_level_fails_before_a_cluster_is_paid_for(deployment):
    deployment.put_checks("15m", ["notes.txt"])

    run = deployment.run("15m")

    assert run.state == "failed"
    assert f"No check config (.yml) under s3://{BUCKET}/{deployment.prefix('15m')}" in run.log
    assert run.tries["list_configs"] == 1
    assert "RunJobFlow" not in deployment.aws.operations()


def test_a_retry_in_the_middle_of_submission_runs_no_check_twice(deployment):
    names = [f"check_{number:03}_15m.yml" for number in range(230)]
    deployment.put_checks("15m", names)

    with deployment.aws.once("AddJobFlowSteps", lambda: deny_once(deployment, "AddJobFlowSteps")):
        run = deployment.run("15m")

    assert run.state == "success", run.log
    assert run.tries["submit_and_wait"] == 2
    assert "not authorized" in run.log
    assert_every_check_ran_once(deployment, run, names)


def test_a_lost_answer_to_a_submission_runs_no_check_twice(deployment):
    names = [f"check_{number:02}_15m.yml" for number in range(30)]
    deployment.put_checks("15m", names)
    lose_answer_once(deployment, "AddJobFlowSteps")

    run = deployment.run("15m")

    assert run.state == "success", run.log
    assert run.tries["submit_and_wait"] == 1
    assert_every_check_ran_once(deployment, run, names)


def test_a_lost_answer_to_the_creation_of_the_cluster_does_not_pay_for_two(deployment):
    deployment.put_checks("15m", ["check_a_15m.yml"])
    lose_answer_once(deployment, "RunJobFlow")

    run = deployment.run("15m")

    assert run.state == "success", run.log
    assert run.tries["create_cluster"] == 2
    assert deployment.cluster_of(run)["state"] in ("TERMINATING", "TERMINATED")


def test_a_cluster_that_was_created_is_ended_also_when_its_id_never_reached_airflow(deployment):
    deployment.put_checks("15m", ["check_a_15m.yml"])
    lose_answer_once(deployment, "RunJobFlow")
    # Every retry of create_cluster is kept from finding it; the teardown is not.
    fault = {"service": "emr", "operation": "ListClusters", "error": "denied", "times": 2}
    with deployment.aws.once("RunJobFlow", lambda: deployment.aws.control("POST", "faults", [fault])):
        run = deployment.run("15m")

    assert run.state == "failed"
    assert run.tasks["create_cluster"] == "failed" and run.tasks["terminate"] == "success"
    assert deployment.cluster_of(run)["state"] in ("TERMINATING", "TERMINATED")


def test_a_cluster_that_fails_to_start_fails_the_run_with_emrs_reason(slow_deployment):
    slow_deployment.put_checks("15m", ["check_a_15m.yml"])

    with slow_deployment.aws.once("RunJobFlow", lambda: terminate(slow_deployment)):
        run = slow_deployment.run("15m")

    assert run.state == "failed"
    assert run.tries["submit_and_wait"] == 1
    assert "did not start (TERMINAT" in run.log and "Terminated by user request" in run.log
    assert "AddJobFlowSteps" not in slow_deployment.aws.operations()


def test_a_cluster_that_dies_in_mid_run_fails_the_run_with_emrs_reason(slow_deployment):
    slow_deployment.put_checks("15m", [f"check_{number:02}_15m.yml" for number in range(60)])

    with slow_deployment.aws.once("AddJobFlowSteps", lambda: terminate(slow_deployment)):
        run = slow_deployment.run("15m")

    assert run.state == "failed"
    assert run.tries["submit_and_wait"] == 1
    assert "ended in mid-run (TERMINAT" in run.log and "Of 60 checks, " in run.log


def test_a_cluster_that_is_not_up_is_refused_by_its_state(deployment):
    deployment.put_checks("15m", ["check_a_15m.yml"])
    first = deployment.run("15m")
    cluster_id = deployment.cluster_of(first)["id"]

    second = deployment.run("15m", {"cluster_id": cluster_id})

    assert second.state == "failed"
    assert f"Cluster {cluster_id} is TERMINAT" in second.log


def test_a_round_that_takes_too_long_gives_up_and_ends_its_cluster(slow_deployment):
    slow_deployment.rewrite(MAX_ROUND_HOURS=0)
    slow_deployment.put_checks("15m", ["check_a_15m.yml"])

    run = slow_deployment.run("15m")

    assert run.state == "failed"
    assert "more than 0 hours" in run.log
    assert slow_deployment.cluster_of(run)["state"] in ("TERMINATING", "TERMINATED")


def test_a_step_template_without_the_run_id_is_refused_before_a_cluster_is_paid_for(deployment):
    config = deployment.folder / "cluster_configs" / "yang_audit_load_test_cluster_15m.json"
    config.write_text(config.read_text(encoding="utf-8").replace("{run_id}", "round"), encoding="utf-8")
    deployment.put_checks("15m", ["check_a_15m.yml"])

    run = deployment.run("15m")

    assert run.state == "failed"
    assert "must hold {config_uri} and {run_id}" in run.log
    assert "RunJobFlow" not in deployment.aws.operations()
