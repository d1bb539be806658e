"""What goes wrong in a round, and how the run says so."""

import json

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


def test_a_run_keeps_the_load_that_it_began_with_when_another_is_deployed_meanwhile(deployment):
    names = [f"check_{number:03}_15m.yml" for number in range(230)]
    deployment.put_checks("15m", names)

    def deploy_another_and_deny_once():
        deployment.rewrite(LOAD=77)
        deny_once(deployment, "AddJobFlowSteps")

    with deployment.aws.once("AddJobFlowSteps", deploy_another_and_deny_once):
        run = deployment.run("15m")

    assert run.state == "success", run.log
    assert run.tries["submit_and_wait"] == 2
    assert_every_check_ran_once(deployment, run, names)
    steps = deployment.aws.steps(deployment.cluster_of(run)["id"])
    assert {step["Name"].rsplit("_", 1)[1] for step in steps} == {f"{deployment.load}x"}


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


def test_a_round_that_is_given_up_ends_its_cluster_also_where_that_was_to_stay_up(slow_deployment):
    slow_deployment.rewrite(MAX_ROUND_HOURS=0)
    slow_deployment.put_checks("15m", ["check_a_15m.yml"])

    run = slow_deployment.run("15m", {"keep_cluster": True})

    assert run.state == "failed"
    assert slow_deployment.cluster_of(run)["state"] in ("TERMINATING", "TERMINATED")


def test_a_round_that_is_given_up_takes_its_steps_from_the_cluster_that_it_was_given(slow_deployment):
    aws = slow_deployment.aws
    slow_deployment.put_checks("15m", ["check_a_15m.yml"])
    with aws.hurrying():
        first = slow_deployment.run("15m", {"keep_cluster": True})
    assert first.state == "success", first.log
    cluster_id = slow_deployment.cluster_of(first)["id"]
    slow_deployment.put_checks("15m", [f"check_{number:03}_15m.yml" for number in range(190)])
    slow_deployment.rewrite(MAX_ROUND_HOURS=0.003)

    run = slow_deployment.run("15m", {"cluster_id": cluster_id})

    assert run.state == "failed"
    assert run.tasks["terminate"] == "success"
    aws.control("POST", "advance", {"minutes": 1})
    states = {step["Status"]["State"] for step in aws.steps(cluster_id) if run.run_id in step["Config"]["Args"]}
    assert states and not states & {"PENDING", "RUNNING"}
    [cluster] = aws.clusters(first.run_id)
    assert cluster["state"] in ("RUNNING", "WAITING")
    aws.client("emr").terminate_job_flows(JobFlowIds=[cluster_id])


def test_a_cluster_that_cannot_be_ended_is_named_and_fails_the_run(deployment):
    deployment.put_checks("15m", ["check_a_15m.yml"])
    deployment.aws.control("POST", "faults", [{"service": "emr", "operation": "TerminateJobFlows", "error": "denied"}])

    run = deployment.run("15m")

    deployment.aws.control("DELETE", "faults")
    assert run.state == "failed"
    assert (run.tasks["terminate"], run.tries["terminate"]) == ("failed", 2)
    cluster = deployment.cluster_of(run)
    assert f"Cluster {cluster['id']} is STILL UP" in run.log
    deployment.aws.client("emr").terminate_job_flows(JobFlowIds=[cluster["id"]])


def test_a_check_that_emr_would_refuse_is_named_before_a_cluster_is_paid_for(deployment):
    name = f"check_{'long_' * 52}15m.yml"
    deployment.put_checks("15m", ["check_a_15m.yml", name])

    run = deployment.run("15m")

    assert run.state == "failed"
    assert name in run.log and "No cluster was created" in run.log
    assert run.tries["list_configs"] == 1
    assert "RunJobFlow" not in deployment.aws.operations()


def test_a_cluster_of_somebody_else_is_given_no_step(deployment):
    config = json.loads((deployment.folder / "cluster_configs/yang_audit_load_test_cluster_15m.json").read_text())
    del config["AuditStep"]
    emr = deployment.aws.client("emr")
    cluster_id = emr.run_job_flow(**{**config, "Name": "production"})["JobFlowId"]
    deployment.put_checks("15m", ["check_a_15m.yml"])

    run = deployment.run("15m", {"cluster_id": cluster_id})

    assert run.state == "failed"
    assert f"Cluster {cluster_id} (production) is not one of a load test" in run.log
    assert "AddJobFlowSteps" not in deployment.aws.operations()
    emr.terminate_job_flows(JobFlowIds=[cluster_id])


def test_a_cluster_that_ends_after_its_last_step_does_not_fail_the_round(slow_deployment):
    """A retry that finds the cluster gone reads from it what became of the checks."""
    slow_deployment.put_checks("15m", ["check_a_15m.yml", "check_b_15m.yml"])
    aws = slow_deployment.aws

    def end_when_all_are_through():
        [cluster] = aws.clusters(f"_{slow_deployment.load}x_")
        for _ in range(200):
            aws.control("POST", "advance", {"minutes": 1})
            states = [step["Status"]["State"] for step in aws.steps(cluster["id"])]
            if states and set(states) == {"COMPLETED"}:
                break
        terminate(slow_deployment)

    deny = [{"service": "emr", "operation": "ListSteps", "error": "denied", "times": 1}]
    aws.control("POST", "faults", deny)
    with aws.once("AddJobFlowSteps", end_when_all_are_through):
        run = slow_deployment.run("15m")

    assert run.state == "success", run.log
