"""triggerDag, as the built product runs it, against a real Airflow API that reads what was uploaded."""

import base64
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from embedded_aws import CHECKOUT, COMMAND, EmbeddedAws
from live_airflow import AIRFLOW_3, API, LiveAirflow, wait_until

DAG_ID = "yang_audit_load_test_15m"
BUCKET = "klaviyo-data-platform-orchestration-v1"
DAGS_PREFIX = "dags/datalake/audit_loadtest/"


class Sandbox(EmbeddedAws):
    """The same, with everything that the product must be told."""

    def __enter__(self):
        self.process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=CHECKOUT)
        hello = json.loads(self.process.stdout.readline())
        self.endpoint, self.env = hello["endpoint"], hello["env"]
        return self


class AirflowWithUsers(LiveAirflow):
    """Airflow with a user and a password, as somebody's Airflow has them."""

    needs_api = True

    def start(self, *arguments: str):
        if AIRFLOW_3:
            self.env["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS"] = "False"
        elif arguments[0] == "webserver":
            backend = "airflow.providers.fab.auth_manager.api.auth.backend.basic_auth"
            self.env["AIRFLOW__API__AUTH_BACKENDS"] = backend
            words = {**USER, "firstname": "E", "lastname": "N", "email": "e@example.com", "role": "Admin"}
            self.airflow("users", "create", *(word for key, value in words.items() for word in (f"--{key}", value)))
        super().start(*arguments)

    def api(self, method: str, path: str, body: dict) -> dict:
        def send(method, path, body, **headers):
            request = urllib.request.Request(
                f"{self.url}{path}",
                method=method,
                data=json.dumps(body).encode(),
                headers={"Content-Type": "application/json", **headers},
            )
            with urllib.request.urlopen(request) as response:
                return json.load(response)

        if AIRFLOW_3:
            authorization = f"Bearer {send('POST', '/auth/token', USER)['access_token']}"
        else:
            authorization = f"Basic {base64.b64encode(':'.join(USER.values()).encode()).decode()}"
        return send(method, f"{API}/{path}", body, Authorization=authorization)

    def runs(self) -> list[dict]:
        return self.api("POST", "dags/~/dagRuns/list", {"dag_ids": [DAG_ID]})["dag_runs"]


USER = {"username": "engineer", "password": "correct horse battery staple"}


class Product:
    """The tools in the shell, on one session."""

    def __init__(self, env: dict[str, str]):
        self.env = {**os.environ, **env}
        self.home = Path(env["DAG_FILE"]).parents[1]

    def call(self, tool: str, *words: str, **env: str) -> dict:
        """The structured result, or the error's code, message and next step."""
        out, err = self.start(tool, *words, **env).communicate()
        # An error's JSON is the last line; progress may stand before it.
        return json.loads(out or err.strip().splitlines()[-1])

    def start(self, tool: str, *words: str, **env: str) -> subprocess.Popen:
        command = ["node", str(CHECKOUT / "dist" / "main.js"), tool, *words, "--json"]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, env={**self.env, **env}, cwd=self.home, text=True, **pipes)


@pytest.fixture
def sandbox(monkeypatch):
    with Sandbox() as running:
        for name, value in running.env.items():
            if name.startswith("AWS_") and value:
                monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_DEFAULT_REGION", running.env["AWS_REGION"])
        yield running


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """An Airflow of its own, whose DAG folder is empty."""
    (tmp_path / "dags").mkdir()
    passwords = tmp_path / "passwords.json"
    passwords.write_text(json.dumps({USER["username"]: USER["password"]}), encoding="utf-8")
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", str(tmp_path / "dags"))
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", f"{USER['username']}:admin")
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", str(passwords))
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, stdout=subprocess.DEVNULL)
    return tmp_path


def read_bucket(sandbox: Sandbox, home: Path, airflow: AirflowWithUsers):
    """What managed Airflow does some minutes after an upload; with a test's patience between two polls."""
    s3 = sandbox.client("s3")
    for entry in s3.list_objects_v2(Bucket=BUCKET, Prefix=DAGS_PREFIX)["Contents"]:
        file = home / "dags" / entry["Key"].removeprefix(DAGS_PREFIX)
        file.parent.mkdir(exist_ok=True)
        text = s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read().decode()
        text = text.replace("POLL_SECONDS = 30", "POLL_SECONDS = 0.3").replace(
            "RETRY_SECONDS = 60", "RETRY_SECONDS = 1"
        )
        # A minute of the embedded AWS is a second or less here: nobody may take the cluster for forgotten meanwhile.
        file.write_text(text.replace('"IdleTimeout": 3600', '"IdleTimeout": 604800'), encoding="utf-8")
    airflow.airflow("dags", "reserialize")


def test_a_round_is_triggered_in_airflow_followed_and_never_started_twice(sandbox, home):
    with AirflowWithUsers(home) as airflow:
        credentials = {"AIRFLOW_USERNAME": USER["username"], "AIRFLOW_PASSWORD": USER["password"]}
        product = Product({**sandbox.env, **credentials, "AIRFLOW_URL": airflow.url})

        def upload(load: str):
            review = product.call("scaleConfigs", "--load", load)["reviewId"]
            assert product.call("uploadChecks", "--reviewId", review, "--approved")["status"] == "uploaded"
            assert product.call("uploadDags", "--load", load)["status"] == "uploaded"

        # Everything that keeps a run from being triggered.
        upload("2x")
        assert product.call("triggerDag", "--approved")["code"] == "NOT_FOUND", "Airflow has read no DAG yet"
        read_bucket(sandbox, home, airflow)
        upload("3x")
        behind = product.call("triggerDag", "--approved")
        assert "still has LOAD = 2, but the bucket has LOAD = 3" in behind["message"], behind
        read_bucket(sandbox, home, airflow)
        wrong = product.call("triggerDag", "--approved", AIRFLOW_PASSWORD="wrong")
        # Airflow 2 lets its public role in, which may do nothing.
        status = "HTTP 401" if AIRFLOW_3 else "HTTP 403"
        assert (wrong["code"], status in wrong["message"]) == ("DENIED", True), wrong
        airflow.api("PATCH", f"dags/{DAG_ID}", {"is_paused": True})
        paused = product.call("triggerDag", "--approved")
        assert (paused["code"], "is paused" in paused["message"]) == ("WRONG_STATE", True), paused
        airflow.api("PATCH", f"dags/{DAG_ID}", {"is_paused": False})
        assert product.call("triggerDag")["status"] == "awaiting_approval"
        assert airflow.runs() == []

        # Killed when Airflow has the run and nobody has heard of it: the next call finds it.
        killed = product.start("triggerDag", "--approved")
        wait_until(airflow.runs, "Airflow has the run", 30)
        killed.kill()
        killed.wait()
        # triggerDag waits for the cluster less than a minute, which a busy machine may need for the first task.
        wait_until(lambda: sandbox.clusters(airflow.runs()[0]["dag_run_id"]), "the run has its cluster", 300)
        found = product.call("triggerDag", "--approved")
        [run] = airflow.runs()
        assert (found["status"], found["dagRunId"], found["load"]) == ("unchanged", run["dag_run_id"], 3), found
        [cluster] = sandbox.clusters(run["dag_run_id"])
        assert cluster["id"] == found["clusterId"]
        with pytest.raises(urllib.error.HTTPError) as refused:
            date = {"logical_date": None} if AIRFLOW_3 else {}
            airflow.api("POST", f"dags/{DAG_ID}/dagRuns", {"dag_run_id": run["dag_run_id"], **date})
        assert refused.value.code == 409, "what the product takes for: it is there already"
        if not AIRFLOW_3:
            return  # Its API ends here; the rest is the same.

        # The round is that run's, and no other's.
        with sandbox.hurrying():
            wait_until(lambda: airflow.runs()[0]["state"] in ("success", "failed"), "the run ends", 300)
        polled = product.call("pollCluster", "--waitSeconds", "0")
        assert (polled["done"], polled["clusterId"]) == (True, found["clusterId"]), polled
        steps = sandbox.steps(found["clusterId"])
        assert polled["steps"]["total"] == len(steps) > 0
        assert all(run["dag_run_id"] in step["Config"]["Args"] for step in steps)

        # Another round is another run on another cluster.
        second = product.call("triggerDag", "--approved")
        assert (second["status"], second["round"]) == ("triggered", found["round"] + 1), second
        wait_until(lambda: sandbox.clusters(second["dagRunId"]), "the second run has its cluster", 300)
        [other] = sandbox.clusters(second["dagRunId"])
        assert other["id"] != found["clusterId"]
        assert [one["dag_run_id"] for one in airflow.runs()] == [run["dag_run_id"], second["dagRunId"]]
