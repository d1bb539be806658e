"""A round larger than a page of S3, than the steps EMR takes at once, and than the records it keeps."""

import sys
from collections import Counter
from types import SimpleNamespace


def most_active_at_once(steps) -> int:
    """From EMR's own timelines: a step is active from its creation to its end."""
    timelines = [step["Status"]["Timeline"] for step in steps]
    changes = [(line["CreationDateTime"], 1) for line in timelines] + [(line["EndDateTime"], -1) for line in timelines]
    active = most = 0
    for _, change in sorted(changes):
        active += change
        most = max(most, active)
    return most


def test_1203_checks_run_once_each_within_the_limits_and_quotas_of_emr(deployment):
    names = [f"check_{number:04}_15m.yml" for number in range(1203)]
    deployment.put_checks("15m", names)
    # The quotas are in our time: a poll that comes before its 200 checks have ended only waits for calls.
    deployment.rewrite(POLL_SECONDS=10)
    deployment.aws.clear()

    run = deployment.run("15m", {"keep_cluster": True})

    assert run.state == "success", run.log
    assert set(run.tries.values()) == {1}
    requests = deployment.aws.control("GET", "requests")
    calls = Counter(entry["operation"] for entry in requests)
    refused = Counter(entry["operation"] for entry in requests if entry["status"] != 200)
    with deployment.capture.disabled():
        print(f"\n1,203 checks, calls: {dict(calls)}, of these throttled: {dict(refused)}", file=sys.stderr)
    assert calls["ListObjectsV2"] == 2
    # One pass over the newest pages a poll; what is throttled is waited out, not tried again at once.
    assert calls["ListSteps"] < 120 and calls["AddJobFlowSteps"] < 30, calls
    assert sum(refused.values()) < 10, refused
    cluster = deployment.cluster_of(run)
    assert cluster["steps"] == {"COMPLETED": 1203}
    # EMR shows the newest thousand: had a check been submitted twice, they would not be the last thousand.
    steps = deployment.aws.steps(cluster["id"])
    assert [step["Name"] for step in steps] == [f"{name[:-4]}_{deployment.load}x" for name in names[203:]]
    assert most_active_at_once(steps) <= 200

    # What a retry would find now: nothing to submit again, although EMR has forgotten the first 203.
    dag = deployment.bag().get_dag("yang_audit_load_test_15m")
    module = dag.get_task("submit_and_wait").python_callable.__globals__
    plan = {"load": deployment.load, "template": module["cluster_config"]("15m")[1], "names": names}
    plan["total"] = len(names)
    given = module["steps_of"]("15m", plan, SimpleNamespace(run_id=run.run_id), {"ts_end": None})
    found = module["submitted_before"](deployment.aws.client("emr"), cluster["id"], given)
    assert list(found) == names
    assert list(found.values()) == [None] * 203 + [step["Id"] for step in steps]
    deployment.aws.client("emr").terminate_job_flows(JobFlowIds=[cluster["id"]])
