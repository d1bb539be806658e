"""The DAG as uploadDags delivers it, with a test's patience, and one way to run it."""

import logging
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from embedded_aws import CHECKOUT, EmbeddedAws

DAG_FILE = "yang_audit_load_test.py"
BUCKET = "klaviyo-data-platform-orchestration-v1"


@dataclass
class Run:
    """A run that has ended."""

    run_id: str
    state: str
    tasks: dict[str, str]
    tries: dict[str, int]
    log: str


class Deployment:
    def __init__(self, folder: Path, aws: EmbeddedAws, load: int, capture):
        self.folder, self.aws, self.load, self.capture = folder, aws, load, capture
        shutil.copytree(CHECKOUT / "dags", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        # A second of the embedded AWS is some milliseconds here, the quota on calls is not: a wait for a call is long.
        for config in (folder / "cluster_configs").glob("*.json"):
            text = config.read_text(encoding="utf-8")
            config.write_text(text.replace('"IdleTimeout": 3600', '"IdleTimeout": 604800'), encoding="utf-8")
        self.rewrite(LOAD=load, POLL_SECONDS=0.3, RETRY_SECONDS=1, LATE_CLUSTER_SECONDS=15, TERMINATE_RETRIES=1)

    def rewrite(self, **literals):
        """Changes module-level literals of the deployed file, as uploadDags does with LOAD."""
        file = self.folder / DAG_FILE
        text = file.read_text(encoding="utf-8")
        for name, value in literals.items():
            text, count = re.subn(rf"^{name} = [\d.]+$", f"{name} = {value}", text, flags=re.MULTILINE)
            assert count == 1, f"{name} is assigned {count} times"
        file.write_text(text, encoding="utf-8")

    def prefix(self, schedule: str) -> str:
        return f"checks_load_test/configs/{schedule}/{self.load}x/"

    def put_checks(self, schedule: str, names: list[str]):
        s3 = self.aws.client("s3")
        for name in names:
            body = f"where: created_at >= current_timestamp - INTERVAL '{self.load}' hour\n".encode()
            s3.put_object(Bucket=BUCKET, Key=self.prefix(schedule) + name, Body=body)

    def bag(self):
        try:
            from airflow.dag_processing.dagbag import DagBag
        except ImportError:  # before Airflow 3.2
            from airflow.models import DagBag
        return DagBag(dag_folder=str(self.folder))

    def run(self, schedule: str, conf: dict | None = None) -> Run:
        """Runs one DAG to its end in this process."""
        dag = self.bag().get_dag(f"yang_audit_load_test_{schedule}")
        errors = Errors()
        logging.getLogger("airflow.task").addHandler(errors)
        self.capture.readouterr()
        try:
            run = dag.test(run_conf=conf or {})
        finally:
            logging.getLogger("airflow.task").removeHandler(errors)
        # Airflow 2 logs the errors of tasks; Airflow 3 prints them.
        log = "\n".join([*errors.texts, *self.capture.readouterr()])
        instances = run.get_task_instances()
        states = {ti.task_id: str(ti.state) for ti in instances}
        tries = {ti.task_id: ti.try_number for ti in instances}
        return Run(run.run_id, str(run.state), states, tries, log)

    def cluster_of(self, run: Run) -> dict:
        [cluster] = self.aws.clusters(f"_{self.load}x_{run.run_id}")
        return cluster


class Errors(logging.Handler):
    """Keeps what a person would read in the task's log: messages and tracebacks from warnings upwards."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(self.format(record))
