"""Real Airflow around the DAG: a metadata database of its own, and the embedded AWS of this project behind it."""

import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

# Airflow reads these when it is first imported.
home = tempfile.TemporaryDirectory(prefix="airflow-")
dags_folder = Path(home.name, "dags")
dags_folder.mkdir()
os.environ.update(
    AIRFLOW_HOME=home.name,
    AIRFLOW__CORE__DAGS_FOLDER=str(dags_folder),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    # Else a DAG that one test ran alone waits for ever in the scheduler of another.
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION="False",
    AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS="False",
    AIRFLOW__LOGGING__LOGGING_LEVEL="WARNING",
    PYTHONWARNINGS="ignore",
)
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]

from deployment import Deployment  # noqa: E402
from embedded_aws import EmbeddedAws  # noqa: E402


@pytest.fixture(scope="session")
def airflow_home() -> Path:
    """A directory with a migrated metadata database."""
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, stdout=subprocess.DEVNULL)
    return Path(home.name)


@pytest.fixture(scope="session")
def aws():
    with EmbeddedAws() as running:
        yield running


loads = itertools.count(2)


@pytest.fixture
def slow_deployment(airflow_home, aws, monkeypatch, capfd):
    """The DAG at a load that no other test uses, in a time in which one can interfere with a round."""
    aws.clear()
    for name, value in aws.env.items():
        monkeypatch.setenv(name, value)
    yield Deployment(dags_folder, aws, load=next(loads), capture=capfd)
    aws.clear()


@pytest.fixture
def deployment(slow_deployment):
    """The same in a hurry."""
    with slow_deployment.aws.hurrying():
        yield slow_deployment
