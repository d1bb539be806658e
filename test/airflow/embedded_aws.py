"""The embedded AWS of this project as a child process, and what a test wants to ask of it."""

import json
import subprocess
import threading
import urllib.request
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
COMMAND = ["node", str(CHECKOUT / "dist" / "main.js"), "sandbox"]


class EmbeddedAws:
    """Its minutes are our seconds; its quotas on calls are in our time."""

    def __enter__(self):
        self.process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=CHECKOUT)
        line = self.process.stdout.readline()
        assert line, f"{' '.join(COMMAND)} did not start"
        hello = json.loads(line)
        self.endpoint = hello["endpoint"]
        names = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION")
        self.env = {name: hello["env"][name] for name in names if name in hello["env"]}
        self.env["AWS_DEFAULT_REGION"] = self.env["AWS_REGION"]
        return self

    def __exit__(self, *_):
        self.process.stdin.close()  # asks it to stop
        self.process.wait(timeout=10)

    def client(self, service: str):
        import boto3
        from botocore.config import Config

        return boto3.client(service, config=Config(retries={"mode": "standard", "total_max_attempts": 20}))

    def control(self, method: str, path: str, body=None):
        request = urllib.request.Request(f"{self.endpoint}/_sandbox/{path}", method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def clear(self):
        self.control("DELETE", "faults")
        self.control("DELETE", "requests")

    def operations(self, service: str = "emr") -> list[str]:
        """The operations on the wire since the last `clear`, throttled ones too; of EMR when not said otherwise."""
        return [entry["operation"] for entry in self.control("GET", "requests") if entry["service"] == service]

    @contextmanager
    def hurrying(self):
        """Skips half a minute twenty times a second, so that a round of hours takes moments."""
        finished = threading.Event()

        def skip():
            while not finished.wait(0.05):
                self.control("POST", "advance", {"minutes": 0.5})

        skipper = threading.Thread(target=skip)
        skipper.start()
        try:
            yield
        finally:
            finished.set()
            skipper.join()

    @contextmanager
    def once(self, operation: str, act, calls: int = 1):
        """Does `act` in the background as soon as this EMR operation has been called `calls` times in the block."""
        self.control("DELETE", "requests")
        left = threading.Event()
        failures = []

        def watch():
            while self.operations().count(operation) < calls:
                if left.wait(0.03):
                    failures.append(f"{operation} was not called {calls} times")
                    return
            try:
                act()
            except Exception as error:
                failures.append(repr(error))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            left.set()
            watcher.join()
        assert not failures, failures

    def steps(self, cluster_id: str) -> list[dict]:
        """What EMR shows of a cluster's steps, oldest first."""
        pages = self.client("emr").get_paginator("list_steps").paginate(ClusterId=cluster_id)
        return [step for page in pages for step in page["Steps"]][::-1]

    def clusters(self, contains: str) -> list[dict]:
        """Id, name and state of the clusters whose name holds this text, oldest first, outside the quotas."""
        return [cluster for cluster in self.control("GET", "clusters") if contains in cluster["name"]]
