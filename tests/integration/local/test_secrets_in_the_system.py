"""The whole system, from the door to the end, and a password among the settings of the app."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from tests.faults.rig import REGISTRY, Rig

from slipway.adapters.memory.cluster import MemoryCluster
from slipway.settings import Settings
from slipway_local.engines.probe import Rehearsal
from slipway_local.system import LocalSystem, Options

MARKER = "m4rk-0f-anna"
BODY = {
    "source": {"git": {"url": "https://git.test/shop"}},
    "app": {"name": "shop", "env": {"DB_PASSWORD": MARKER, "TEA": "assam"}},
}


class House:
    """The local system with the rig's world in memory outside."""

    def __init__(self, rig: Rig, system: LocalSystem) -> None:
        self.rig, self.system = rig, system
        self.failures: list[tuple[str, str]] = []
        """Why its Deployments fail, if they do."""

    def ask(self, path: str, body: Any = None, key: str = "k") -> tuple[int, str]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.system.url + path, data)  # noqa: S310  (loopback)
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {self.system.token}")
        request.add_header("Idempotency-Key", key)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  (same)
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def run(self, key: str = "k") -> str:
        status, told = self.ask("/workflows", BODY, key)
        assert status == 202, told
        assert self.system.wait_idle(60)
        return str(json.loads(told)["workflow_id"])

    def tellers(self, workflow: str) -> list[str]:
        return [place for place, text in self._texts(workflow) if MARKER in text]

    def _texts(self, workflow: str) -> Iterator[tuple[str, str]]:
        for end in ("", "/timeline", "/receipt"):
            yield end or "/", self.ask(f"/workflows/{workflow}{end}")[1]
        tables, objects = boto3.client("dynamodb"), boto3.client("s3")
        for table in tables.list_tables()["TableNames"]:
            yield table, repr(tables.scan(TableName=table)["Items"])
        for bucket in objects.list_buckets()["Buckets"]:
            for each in objects.list_object_versions(Bucket=bucket["Name"]).get("Versions", []):
                found = objects.get_object(
                    Bucket=bucket["Name"], Key=each["Key"], VersionId=each["VersionId"]
                )
                yield each["Key"], found["Body"].read().decode(errors="replace")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    rig, houses = Rig(), list[House]()
    rig.cluster = MemoryCluster(rollouts=lambda _: next(iter(houses[0].failures), None))
    ports = {name: port for name, port in rig.ports.items() if name != "workspace"}
    settings = Settings(state=str(tmp_path), registry=REGISTRY)
    options = Options(ports=ports, rehearsal=Rehearsal(), retry_scale=0.001)
    with LocalSystem(settings, options) as system:
        houses.append(House(rig, system))
        yield houses[0]
    # While it runs, the journal of its memory may hold what was deleted just now.
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert [file.name for file in files if MARKER.encode() in file.read_bytes()] == []


def test_after_a_success_the_password_is_in_no_table_object_event_log_or_answer(
    house: House, capfd: pytest.CaptureFixture[str]
) -> None:
    workflow = house.run()

    view = json.loads(house.ask(f"/workflows/{workflow}")[1])
    assert view["status"] == "COMPLETED"
    assert view["request"]["app"]["env"] == {"DB_PASSWORD": "***", "TEA": "assam"}
    secrets = [n for n in house.rig.cluster.snapshot() if n.startswith("secret:shop/shop-env-")]
    assert len(secrets) == 1
    assert house.tellers(workflow) == []
    assert MARKER not in "".join(capfd.readouterr())


def test_after_a_rollback_it_is_nowhere_at_all(
    house: House, capfd: pytest.CaptureFixture[str]
) -> None:
    house.failures.append(("crash_loop", "it falls over"))

    workflow = house.run()

    view = json.loads(house.ask(f"/workflows/{workflow}")[1])
    assert view["status"] == "COMPENSATED", view
    assert house.tellers(workflow) == []
    assert house.rig.cluster.snapshot() == {}
    assert MARKER not in "".join(capfd.readouterr())


def test_another_password_under_the_same_key_is_another_request(house: House) -> None:
    house.run()
    other = {**BODY, "app": {**BODY["app"], "env": {"DB_PASSWORD": "hunter3", "TEA": "assam"}}}  # type: ignore[dict-item]

    same, different = house.ask("/workflows", BODY), house.ask("/workflows", other)

    assert same[0] == 202
    assert different[0] == 409
    assert json.loads(different[1])["code"] == "idempotency_conflict"
