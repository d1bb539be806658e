"""What a person does to a run in Airflow's user interface. Only a real scheduler can show it."""

from live_airflow import TEARDOWNS_RUN_WHEN_MARKED_FAILED, LiveAirflow, wait_until

DAG_ID = "yang_audit_load_test_15m"
OVER = ("TERMINATING", "TERMINATED")


def mark_failed(airflow: LiveAirflow, run_id: str) -> dict[str, str]:
    """The states of the run's tasks once it is over."""
    airflow.mark_failed(DAG_ID, run_id)
    wait_until(lambda: airflow.state(DAG_ID, run_id) == "failed", "the run ends", 300)
    return airflow.tasks(DAG_ID, run_id)


def test_a_run_that_is_marked_failed_ends_its_cluster_since_airflow_2_10_5(slow_deployment, airflow_home):
    aws = slow_deployment.aws
    slow_deployment.put_checks("15m", [f"check_{number:03}_15m.yml" for number in range(190)])

    with LiveAirflow(airflow_home) as airflow:
        airflow.trigger(DAG_ID, "by-hand")
        wait_until(lambda: "AddJobFlowSteps" in aws.operations(), "checks are submitted", 90)
        tasks = mark_failed(airflow, "by-hand")
        [cluster] = aws.clusters(f"_{slow_deployment.load}x_by-hand")
        if not TEARDOWNS_RUN_WHEN_MARKED_FAILED:
            # What the DAG warns of: only the AutoTerminationPolicy is left to end the cluster.
            assert tasks["terminate"] in ("None", "skipped") and cluster["state"] == "RUNNING"
            aws.client("emr").terminate_job_flows(JobFlowIds=[cluster["id"]])
            return
        assert tasks == {
            "list_configs": "success",
            "create_cluster": "success",
            "submit_and_wait": "failed",
            "terminate": "success",
            "verdict": "failed",
        }
        assert cluster["state"] in OVER

        # The same while the cluster is being created.
        aws.clear()
        aws.control("POST", "faults", [{"service": "emr", "operation": "RunJobFlow", "delayMs": 6000, "times": 1}])
        airflow.trigger(DAG_ID, "too-early")
        wait_until(lambda: airflow.tasks(DAG_ID, "too-early")["create_cluster"] == "running", "it is created", 90)
        # The first call looks for a cluster of an earlier attempt; the next asks for one.
        wait_until(lambda: "ListClusters" in aws.operations(), "the cluster is about to be asked for", 30)
        wait_until(lambda: "PutObject" in aws.operations("s3"), "the event log folder is made", 30)
        tasks = mark_failed(airflow, "too-early")

    assert (tasks["create_cluster"], tasks["terminate"]) == ("failed", "success")
    [cluster] = aws.clusters(f"_{slow_deployment.load}x_too-early")
    assert cluster["state"] in OVER
