"""A scheduler (and, in Airflow 3, the API server that its tasks report to): what runs a DAG in production."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from packaging.version import Version

AIRFLOW = Version(version("apache-airflow"))
AIRFLOW_3 = AIRFLOW >= Version("3")
API = "/api/v2" if AIRFLOW_3 else "/api/v1"
TEARDOWNS_RUN_WHEN_MARKED_FAILED = AIRFLOW >= Version("2.10.5")


class LiveAirflow:
    needs_api = False
    """Whether a test itself calls the API, for which Airflow 2 needs its webserver."""

    def __init__(self, home: Path):
        self.home = home
        self.processes = []

    def __enter__(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.env = {
            **os.environ,
            # The executor of Airflow 2 calls `airflow` by name.
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "AIRFLOW__CORE__PARALLELISM": "2",
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__API_AUTH__JWT_SECRET": "a secret of this test alone, long enough for its hash",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            # Airflow kills a task that was set to failed when the task next reports that it is alive.
            "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "1",
            "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
            "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
        }
        self.end_runs_of_earlier_tests()
        self.airflow("dags", "reserialize")
        if AIRFLOW_3:
            self.start("api-server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1")
        elif self.needs_api:
            self.start("webserver", "--hostname", "127.0.0.1", "--port", str(port), "--workers", "1")
        if AIRFLOW_3 or self.needs_api:
            wait_until(self.answers, "the API answers", 120)
        self.start("scheduler", "--skip-serve-logs")
        return self

    def __exit__(self, failure, *_):
        if failure:
            for log in self.home.glob("*.log"):
                print(f"---- the end of {log.name}", log.read_text()[-4000:], sep="\n")
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def end_runs_of_earlier_tests(self):
        """A task that timed out in dag.test leaves its run active, and a scheduler would take it up first."""
        with closing(sqlite3.connect(self.home / "airflow.db")) as database, database:
            database.execute("UPDATE dag_run SET state = 'failed' WHERE state IN ('running', 'queued')")

    def airflow(self, *arguments: str):
        subprocess.run([sys.executable, "-m", "airflow", *arguments], env=self.env, check=True, capture_output=True)

    def start(self, *arguments: str):
        log = (self.home / f"{arguments[0]}.log").open("w")
        command = [sys.executable, "-m", "airflow", *arguments]
        process = subprocess.Popen(command, env=self.env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        self.processes.append(process)

    def answers(self) -> bool:
        try:
            return urllib.request.urlopen(f"{self.url}{API}/version").status == 200
        except OSError:
            return False

    def trigger(self, dag_id: str, run_id: str):
        self.airflow("dags", "trigger", dag_id, "--run-id", run_id)

    def mark_failed(self, dag_id: str, run_id: str):
        """What the button of the user interface does."""
        if AIRFLOW_3:
            token = json.load(urllib.request.urlopen(f"{self.url}/auth/token"))["access_token"]
            request = urllib.request.Request(
                f"{self.url}{API}/dags/{dag_id}/dagRuns/{run_id}",
                method="PATCH",
                data=json.dumps({"state": "failed"}).encode(),
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )
            urllib.request.urlopen(request).close()
        else:
            from airflow.api.common.mark_tasks import set_dag_run_state_to_failed
            from airflow.models.serialized_dag import SerializedDagModel

            dag = SerializedDagModel.get(dag_id).dag
            set_dag_run_state_to_failed(dag=dag, run_id=run_id, commit=True)

    def state(self, dag_id: str, run_id: str) -> str:
        return str(self.find(dag_id, run_id).state)

    def tasks(self, dag_id: str, run_id: str) -> dict[str, str]:
        return {ti.task_id: str(ti.state) for ti in self.find(dag_id, run_id).get_task_instances()}

    def find(self, dag_id: str, run_id: str):
        from airflow.models.dagrun import DagRun

        [run] = DagRun.find(dag_id=dag_id, run_id=run_id)
        return run


def wait_until(condition, what: str, seconds: float):
    """Looks again and again: the processes that are waited for have no way to call."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
