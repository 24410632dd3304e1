"""What a system leaves that is killed: the next one goes on from there.

A copy of the state folder, taken while a system runs, is what `kill -9` would leave at that moment.
"""

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from tests.integration.local.conftest import SMALL, Small

from slipway.settings import Settings
from slipway_local.engines.probe import Rehearsal
from slipway_local.kept.file import NAME, KeptFile
from slipway_local.kept.tables import KeptTables, Write
from slipway_local.layout import Layout
from slipway_local.system import LocalSystem, Options

TABLE, BUCKET, QUEUE = "notes-local", "small-local", "Inbox"


@contextmanager
def running(state: Path, *, reading: bool = False) -> Iterator[Small]:
    options = Options(
        reading=reading, rehearsal=Rehearsal(), layout=Layout(SMALL), retry_scale=0.001
    )
    with LocalSystem(Settings(state=str(state)), options) as system:
        seen = import_module("small_rooms.seen")
        yield Small(system, seen)
    seen.forget()


class Life:
    """One system, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lives = folder, 0

    @property
    def state(self) -> Path:
        return self._folder / f"life-{self._lives}"

    @contextmanager
    def running(self) -> Iterator[Small]:
        with running(self.state) as small:
            yield small

    def kill(self, small: Small, gate: str) -> None:
        """What happens afterwards happens in another world; the handler at the gate may end."""
        copy = self._folder / f"life-{self._lives + 1}"
        shutil.copytree(self.state, copy)
        self._lives += 1
        small.seen.GATES[gate].set()
        assert small.system.wait_idle(20)


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return Life(tmp_path)


@contextmanager
def held(small: Small, gate: str, reached: Callable[[], bool]) -> Iterator[None]:
    """From the block's begin on, whoever comes to the gate stays there."""
    small.seen.GATES[gate] = threading.Event()
    yield
    pause = threading.Event()
    while not reached():
        pause.wait(0.01)


def items() -> Any:
    return boto3.client("dynamodb").scan(TableName=TABLE)["Items"]


def versions() -> Sequence[tuple[Any, ...]]:
    """Every version and marker, with what is in it."""
    s3 = boto3.client("s3")
    found = s3.list_object_versions(Bucket=BUCKET)
    told: list[tuple[Any, ...]] = [
        (one["Key"], one["VersionId"], one["IsLatest"]) for one in found.get("DeleteMarkers", [])
    ]
    for one in found.get("Versions", []):
        answer = s3.get_object(Bucket=BUCKET, Key=one["Key"], VersionId=one["VersionId"])
        body = answer["Body"].read()
        told.append((one["Key"], one["VersionId"], one["ETag"], answer["ContentType"], body))
        told.append((one["IsLatest"], one["LastModified"], one["Size"]))
    return told


def content(state: Path) -> list[str]:
    with closing(sqlite3.connect(state / NAME)) as file:
        return list(file.iterdump())


def test_items_and_objects_are_the_same_before_and_after(life: Life) -> None:
    with life.running() as small:
        dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
        rich = {"L": [{"M": {"a": {"N": "1.50"}}}, {"NULL": True}, {"SS": ["x", "y"]}]}
        for name in ("anna", "berta", "carla"):
            key = {"pk": {"S": name}, "sk": {"S": "é # 1"}}
            dynamodb.put_item(TableName=TABLE, Item={**key, "rich": rich, "n": {"N": "1"}})
        dynamodb.delete_item(TableName=TABLE, Key=key)
        key["pk"] = {"S": "berta"}
        dynamodb.update_item(
            TableName=TABLE,
            Key=key,
            UpdateExpression="SET n = n + :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
        for body in (b"first", b"second"):
            s3.put_object(Bucket=BUCKET, Key="a/b", Body=body, ContentType="text/x-note")
        s3.put_object(Bucket=BUCKET, Key="empty", Body=b"")
        s3.put_object(Bucket=BUCKET, Key="hidden", Body=b"still there")
        s3.delete_object(Bucket=BUCKET, Key="hidden")
        gone = s3.put_object(Bucket=BUCKET, Key="gone", Body=b"x")["VersionId"]
        s3.delete_object(Bucket=BUCKET, Key="gone", VersionId=gone)
        before = items(), versions()
        assert small.system.wait_idle(20)

    with life.running():
        assert (items(), versions()) == before
        numbers = {item["pk"]["S"]: item["n"]["N"] for item in items()}
        assert numbers == {"anna": "1", "berta": "2"}
        with pytest.raises(ClientError, match="NoSuchKey"):
            boto3.client("s3").get_object(Bucket=BUCKET, Key="hidden")


def test_a_large_object_arrives_in_parts_and_is_kept_as_one(life: Life, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(b"0123456789abcdef" * 600_000)
    with life.running():
        boto3.client("s3").upload_file(str(large), BUCKET, "large")

    with life.running():
        found = boto3.client("s3").get_object(Bucket=BUCKET, Key="large")
        assert found["Body"].read() == large.read_bytes()
        assert found["ContentLength"] == 9_600_000


def test_a_write_whose_stream_nobody_read_is_relayed_by_the_next_system(life: Life) -> None:
    with life.running() as small:
        with held(small, "batch", lambda: True):
            assert small.ask("POST", "/notes/anna", b"x").status == 202
        life.kill(small, "batch")

    with life.running() as small:
        assert small.saw("relayed") == ["anna"]
        assert [step for _, step in small.saw("steps")] == ["first", "second", "third"]


def test_what_was_relayed_is_not_relayed_again(life: Life) -> None:
    with life.running() as small:
        small.ask("POST", "/notes/anna", b"x")
        assert small.saw("relayed") == ["anna"]

    with life.running() as small:
        assert small.saw("relayed") == []
        assert small.saw("events") == []


def test_an_execution_that_died_is_aborted_and_its_name_stays_taken(life: Life) -> None:
    with life.running() as small:
        with held(small, "second", lambda: ("anna", "first") in small.seen.SEEN["steps"]):
            small.ask("POST", "/notes/anna", b"x")
        life.kill(small, "second")

    with life.running() as small:
        assert small.system.interrupted == ("anna",)
        (ended,) = [event for event in small.saw("events") if event["source"] == "aws.states"]
        told = ended["detail"]
        assert (told["name"], told["status"]) == ("anna", "ABORTED")
        assert json.loads(told["input"]) == {"note": "anna"}
        machines = boto3.client("stepfunctions")
        (machine,) = machines.list_state_machines()["stateMachines"]
        arn = machine["stateMachineArn"]
        assert machines.describe_execution(executionArn=told["executionArn"])["status"] == "ABORTED"
        with pytest.raises(machines.exceptions.ExecutionAlreadyExists):
            machines.start_execution(stateMachineArn=arn, name="anna", input="{}")
        assert machines.get_execution_history(executionArn=told["executionArn"])["events"] == []
        assert small.saw("steps") == []

    with life.running() as small:
        assert small.saw("events") == []  # it was told once, and somebody listened
        assert small.system.interrupted == ()


def test_an_execution_that_waited_for_a_person_is_aborted_too(life: Life) -> None:
    with life.running() as small:
        small.seen.TROUBLE["first"] = [RuntimeError("broken")]
        small.ask("POST", "/notes/carla", b"x")
        (token,) = small.saw("tokens")
        small.seen.GATES["nobody"] = threading.Event()
        life.kill(small, "nobody")

    with life.running() as small:
        (ended,) = [event for event in small.saw("events") if event["source"] == "aws.states"]
        assert (ended["detail"]["name"], ended["detail"]["status"]) == ("carla", "ABORTED")
        with pytest.raises(ClientError, match="InvalidToken"):
            boto3.client("stepfunctions").send_task_success(taskToken=token, output="{}")


def test_one_that_waits_for_a_person_when_the_system_ends_is_told_by_the_next(life: Life) -> None:
    with life.running() as small:
        small.seen.TROUBLE["first"] = [RuntimeError("broken")]
        small.ask("POST", "/notes/carla", b"x")
        small.saw("tokens")

    with life.running() as small:
        (ended,) = [event for event in small.saw("events") if event["source"] == "aws.states"]
        assert (ended["detail"]["name"], ended["detail"]["status"]) == ("carla", "ABORTED")


def test_an_event_on_its_way_to_a_function_arrives_in_the_next_system(life: Life) -> None:
    with life.running() as small:
        steps = small.seen.SEEN["steps"]
        with held(small, "bus", lambda: ("anna", "third") in steps):
            small.ask("POST", "/notes/anna", b"x")
        life.kill(small, "bus")

    with life.running() as small:
        notes = [event["detail"] for event in small.saw("events") if event["source"] == "small"]
        assert notes == [{"note": "anna"}]


def test_a_message_in_a_queue_arrives_in_the_next_system(life: Life) -> None:
    with life.running() as small:
        sqs = boto3.client("sqs")
        url = sqs.list_queues(QueueNamePrefix=QUEUE)["QueueUrls"][0]
        with held(small, "hello", lambda: True):
            for body in ("hello", "again"):
                sqs.send_message(
                    QueueUrl=url,
                    MessageBody=body,
                    MessageAttributes={"from": {"DataType": "String", "StringValue": "anna"}},
                )
        life.kill(small, "hello")

    with life.running() as small:
        assert sorted(small.saw("messages")) == ["again", "hello"]

    with life.running() as small:
        assert small.saw("messages") == []


def test_a_write_that_cannot_be_kept_is_tried_again_and_told_to_nobody(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = [sqlite3.OperationalError("database or disk is full")] * 3
    save = KeptTables.save

    def failing(tables: KeptTables, writes: Sequence[Write], records: Any) -> list[int]:
        if full:
            assert small.seen.SEEN["relayed"] == []
            raise full.pop()
        return save(tables, writes, records)

    with life.running() as small:
        monkeypatch.setattr(KeptTables, "save", failing)
        assert small.ask("POST", "/notes/anna", b"x").status == 202
        assert not full
        assert small.saw("relayed") == ["anna"]

    with life.running():
        assert [item["pk"]["S"] for item in items()] == ["anna"]


def test_a_full_disk_is_named_to_whoever_asks_while_it_is_full(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: list[KeptFile] = []

    class Watched(KeptFile):
        def __init__(self, path: Path, *, reading: bool = False) -> None:
            super().__init__(path, reading=reading)
            files.append(self)

    monkeypatch.setattr("slipway_local.kept.store.KeptFile", Watched)
    with life.running() as small:
        ((pages,),) = files[0].rows("PRAGMA page_count")
        files[0].rows(f"PRAGMA max_page_count = {pages}")

        refused = small.ask("POST", "/notes/anna", b"x" * 200_000)

        assert (refused.status, refused.json()["code"]) == (503, "disk_full")
        assert str(life.state / NAME) in refused.json()["detail"]
        assert refused.headers["Retry-After"] == "5"
        assert small.ask("GET", "/nothing").json()["code"] == "no_such_route"
        files[0].rows("PRAGMA max_page_count = 1000000")
        assert small.ask("POST", "/notes/anna", b"x" * 200_000).status == 202


def test_reading_changes_nothing_and_needs_no_turn(life: Life) -> None:
    with life.running() as small:
        with held(small, "second", lambda: ("anna", "first") in small.seen.SEEN["steps"]):
            small.ask("POST", "/notes/anna", b"x")
        life.kill(small, "second")
    before = content(life.state)

    for _ in range(2):
        with running(life.state, reading=True) as small:
            assert small.system.interrupted == ("anna",)
            assert [item["pk"]["S"] for item in items()] == ["anna"]
            assert small.saw("events") == []

    assert content(life.state) == before
