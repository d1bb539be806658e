"""The file as Airflow's parser meets it, again and again, on a machine that may have no way out."""

import re
import socket
import subprocess
import sys
from datetime import timedelta

import pytest

from deployment import DAG_FILE
from embedded_aws import CHECKOUT

SCHEDULES = ("15m", "hourly", "daily")


@pytest.fixture
def no_network():
    def refuse(*_, **__):
        raise AssertionError("the DAG file went to the network at import")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        yield


def test_the_three_dags_import_without_error_and_without_network(slow_deployment, no_network):
    bag = slow_deployment.bag()

    assert bag.import_errors == {}
    assert sorted(bag.dags) == sorted(f"yang_audit_load_test_{schedule}" for schedule in SCHEDULES)
    for schedule in SCHEDULES:
        dag = bag.dags[f"yang_audit_load_test_{schedule}"]
        assert f"load_{slow_deployment.load}x" in dag.tags
        assert (type(dag.timetable).__name__, dag.catchup, dag.max_active_runs) == ("NullTimetable", False, 1)
        assert set(dag.task_ids) == {"list_configs", "create_cluster", "submit_and_wait", "terminate", "verdict"}
        timeouts = {task.task_id: task.execution_timeout for task in dag.tasks}
        assert timeouts.pop("submit_and_wait") == timedelta(hours=24, minutes=30)
        assert set(timeouts.values()) == {timedelta(minutes=30)}, "else Airflow's own default applies"


def test_the_import_reads_no_database_and_loads_no_aws_sdk(tmp_path):
    code = f"""
import runpy, sys
import airflow.models.variable, airflow.models.connection
def refuse(*_, **__): raise AssertionError("read at import")
airflow.models.variable.Variable.get = airflow.models.connection.Connection.get_connection_from_secrets = refuse
before = set(sys.modules)
runpy.run_path({str(CHECKOUT / "dags" / DAG_FILE)!r})
loaded = {{name.split(".")[0] for name in set(sys.modules) - before}}
assert not loaded & {{"boto3", "botocore", "requests", "httpx"}}, loaded
"""
    # A database that cannot be opened: whoever asked it would fail.
    nowhere = {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "sqlite:////nowhere/airflow.db"}
    done = subprocess.run([sys.executable, "-c", code], env=nowhere, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["LOAD", "S3_BUCKET", "CONFIGS_PREFIX", "RESULTS_PREFIX"])
def test_the_literals_that_uploads_read_are_assigned_exactly_once(name):
    text = (CHECKOUT / "dags" / DAG_FILE).read_text(encoding="utf-8")
    literal = r"\d+" if name == "LOAD" else r'"[\w/.-]+"'
    assert len(re.findall(rf"^{name} = {literal}$", text, re.MULTILINE)) == 1
    assert len(re.findall(rf"\b{name}\s*=[^=]", text)) == 1
