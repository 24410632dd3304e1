"""Anna's four workflows, in the tables and the bucket of a stack on moto."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.integration.slipway.cqrs.aws import BUCKET, aws, client, make_table
from tests.integration.tenancy.callers import ANNA, OPS
from tests.unit.slipway.cqrs.stories import NOON, requested, run

from slipway import wiring
from slipway.accounts import changes
from slipway.accounts.state import Session, expiry
from slipway.containerize.target import Target
from slipway.cqrs.account_views import keep
from slipway.cqrs.projection import bring_up_to_date
from slipway.saga import Change, Store, transitions
from slipway.saga.memory import MemoryStore
from slipway.settings import Settings
from steps import PLAN

REQUESTED, DEPLOYED, UNDONE, PARKED = (
    f"wf_{name}" for name in ("requested", "deployed", "undoneundone", "parkedparked")
)
NO_SUCH = "wf_thereisnone"
SITTING = "se_sittingsitting"


class Source:
    """Whatever is asked for is a page."""

    def fetch(self, _source: Mapping[str, Any], into: Path) -> str:
        (into / "index.html").write_text("<h1>Shop</h1>")
        return "version 1"


@contextmanager
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything behind the functions. What is outside of it is empty."""
    with aws(monkeypatch):
        make_table("WriteTable", "write")
        make_table("ReadTable", "read")
        make_table("ReadTableGreen", "green")
        client("events").create_event_bus(Name="slipway")
        where = {"LocationConstraint": "eu-central-1"}
        client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        settings = Settings(
            write_table="write",
            read_table="read",
            read_table_green="green",
            bucket=BUCKET,
            operators=OPS,
        )
        with wiring.use(
            settings=settings,
            target=Target("registry.example/apps"),
            pause=lambda _seconds: None,
            executions=None,
            managed_parts={},
            source=Source(),
        ):
            _fill()
            yield


def _fill() -> None:
    store = wiring.store()
    for workflow_id in (REQUESTED, DEPLOYED, UNDONE, PARKED):
        requested(store, workflow_id, ANNA)
    _run(store, DEPLOYED)
    _run(store, UNDONE, failing="build_image")
    saga = store.load(PARKED)
    record = saga.step("push_image", PLAN.number("push_image"))
    store.commit(transitions.parked(saga, record, "token", NOON))
    for workflow_id in (REQUESTED, DEPLOYED, UNDONE, PARKED):
        bring_up_to_date(workflow_id, store.events(workflow_id), store, wiring.views())
    now = wiring.clock()()
    session = Session(session_id=SITTING, owner=ANNA, created_at=now, expires_at=expiry(now))
    opened = changes.opened(wiring.accounts().roster(ANNA), session)
    wiring.accounts().record(opened)
    keep([opened.event], wiring.account_views())
    key = f"workflows/{UNDONE}/generate_dockerfile/Dockerfile"
    client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"FROM scratch\n")


def _run(store: Store, workflow_id: str, failing: str | None = None) -> None:
    """In memory, and written here at once."""
    memory = MemoryStore()
    requested(memory, workflow_id, ANNA)
    run(memory, workflow_id, failing=failing)
    saga, events = memory.load(workflow_id), tuple(memory.events(workflow_id, after=1))
    lock = saga.workflow.lock
    store.commit(Change(1, saga.workflow, tuple(saga.steps.values()), events, release_lock=lock))


def everything() -> list[Any]:
    """All that is stored, to compare."""
    tables = [client("dynamodb").scan(TableName=name)["Items"] for name in ("write", "read")]
    objects = client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return [*tables, [each["Key"] for each in objects]]
