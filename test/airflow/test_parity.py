"""The embedded AWS plays Airflow's part for those who have no Airflow. It must submit what Airflow submits."""

import pytest

from deployment import BUCKET

DAGS_PREFIX = "dags/datalake/audit_loadtest"


def submitted(aws, cluster_id: str, run_id: str):
    """Everything about a cluster's steps that the DAG decides."""
    return [
        {
            "name": step["Name"],
            "on_failure": step["ActionOnFailure"],
            "jar": step["Config"]["Jar"],
            "arguments": [argument.replace(run_id, "(run)") for argument in step["Config"]["Args"]],
        }
        for step in aws.steps(cluster_id)
    ]


@pytest.mark.parametrize(
    "schedule, conf, checks",
    [
        ("15m", {"only": ["check_a_15m", "x/{load}.yml", "a b"]}, 4),
        ("hourly", {"ts_end": "2025-12-08T15:30:00.123456-05:00"}, 7),
        ("daily", {}, 7),
    ],
)
def test_airflow_and_the_embedded_aws_submit_the_same_steps(deployment, schedule, conf, checks):
    aws, s3 = deployment.aws, deployment.aws.client("s3")
    odd = ["a b.yml", "check.v2.yml", "x/{load}.yml", "x/.yml", "é.yml", "UPPER.YML", "check.yaml", "check.yml.bak"]
    deployment.put_checks(schedule, [f"check_a_{schedule}.yml", f"nested/check_a_{schedule}.yml", *odd])
    for file in [*deployment.folder.glob("*.py"), *deployment.folder.glob("cluster_configs/*.json")]:
        key = f"{DAGS_PREFIX}/{file.relative_to(deployment.folder).as_posix()}"
        s3.put_object(Bucket=BUCKET, Key=key, Body=file.read_bytes())

    real = deployment.run(schedule, conf)
    played = aws.control("POST", "dagRuns", {"dagId": f"yang_audit_load_test_{schedule}", "conf": conf})
    aws.control("POST", "advance", {"minutes": 24 * 60})
    assert aws.control("GET", "dagRuns")[-1]["state"] == real.state

    cluster = deployment.cluster_of(real)
    steps = submitted(aws, cluster["id"], real.run_id)
    assert len(steps) == checks
    assert steps == submitted(aws, played["clusterId"], played["dagRunId"])
    [other] = [other for other in aws.control("GET", "clusters") if other["id"] == played["clusterId"]]
    assert cluster["name"].replace(real.run_id, "(run)") == other["name"].replace(played["dagRunId"], "(run)")
