"""What is written into an item is what is read from it."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.adapters import dynamodb_items as items
from slipway.messages.events import Event
from slipway.saga.errors import Rejected
from slipway.saga.state import (
    Failure,
    Lease,
    Saga,
    StepRecord,
    StepStatus,
    Undo,
    WorkflowRecord,
)
from slipway.saga.store import Inbox

NOON = datetime(2030, 3, 2, 12, tzinfo=UTC)
# DynamoDB keeps 38 digits and exponents from -130 to 125; a float has at most 17 digits.
_FLOATS = st.floats(-1e100, 1e100, allow_nan=False).filter(lambda f: f == 0 or abs(f) > 1e-100)
_LEAVES = st.none() | st.booleans() | st.integers(-(10**37), 10**37) | _FLOATS | st.text()
JSON = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)
MAPS = st.dictionaries(st.text(min_size=1), JSON, max_size=4)
TIMES = st.datetimes(timezones=st.just(UTC))


@given(MAPS, MAPS, st.lists(st.text()), TIMES)
def test_a_step_survives_its_item(
    intent: dict[str, Any], outputs: dict[str, Any], created: list[str], begun: datetime
) -> None:
    step = StepRecord(
        name="build_image",
        number=3,
        status=StepStatus.UNDO_INTENT,
        intent=intent,
        outputs=outputs,
        created=tuple(created),
        error=Failure(code="build_failed", message="exit 1"),
        started_at=begun,
        undo=Undo(attempts=2, started_at=begun),
    )
    saga = items.read_saga([items.step_item("wf_1", step), items.workflow_item(workflow({}))])

    assert saga == Saga(workflow=workflow({}), steps={"build_image": step})


@given(MAPS)
def test_a_workflow_survives_its_item(request: dict[str, Any]) -> None:
    saga = items.read_saga([items.workflow_item(workflow(request))])

    assert saga == Saga(workflow=workflow(request))


@given(MAPS, st.integers(1, 999_999), TIMES)
def test_an_event_survives_its_item(data: dict[str, Any], sequence: int, time: datetime) -> None:
    event = Event(
        subject="wf_1",
        sequence=sequence,
        type="slipway.step.completed",
        time=time,
        owner="anna",
        correlation_id="wf_1",
        data=data,
    )

    assert items.read_event(items.event_item(event)) == event


@given(MAPS)
def test_the_estimated_size_is_never_below_the_names_and_texts_in_it(
    values: dict[str, Any],
) -> None:
    item = items.to_item(values)
    told = {k: v for k, v in values.items() if v is not None}

    assert items.size_bytes(item) >= _texts(told)


def _texts(value: Any) -> int:
    if isinstance(value, dict):
        return sum(len(k.encode()) + _texts(v) for k, v in value.items())
    if isinstance(value, list):
        return sum(1 + _texts(v) for v in value)
    return len(value.encode()) if isinstance(value, str) else 1


def test_owner_status_and_version_can_be_asked_for_in_conditions() -> None:
    item = items.workflow_item(workflow({}))

    assert item["owner"] == {"S": "anna"}
    assert item["status"] == {"S": "REQUESTED"}
    assert item["version"] == {"N": "7"}
    assert (item["pk"], item["sk"]) == ({"S": "workflow#wf_1"}, {"S": "WORKFLOW"})


def test_steps_stand_between_the_events_and_the_aggregate() -> None:
    step = items.step_item("wf_1", StepRecord(name="push_image", number=6))["sk"]["S"]

    assert step == "STEP#06#push_image"
    assert items.event_sk(999_999) < items.STEP_PREFIX < step < items.WORKFLOW_SK


def test_the_stream_of_the_table_tells_events_from_all_else() -> None:
    assert items.read_event(items.workflow_item(workflow({}))) is None


def test_a_remembered_command_is_forgotten_at_its_time_not_when_the_table_cleans_up() -> None:
    inbox = Inbox("key", "fingerprint", {"version": 1})
    item = items.inbox_item(inbox, "wf_1", NOON)

    assert items.read_inbox(item, NOON - timedelta(seconds=1)) == inbox
    assert items.read_inbox(item, NOON) is None


@pytest.mark.parametrize("number", [math.nan, math.inf, 1e-300, 10**40 + 1])
def test_a_number_that_the_table_cannot_hold_is_refused_before_it_is_sent(number: float) -> None:
    with pytest.raises(Rejected) as refusal:
        items.to_item({"outputs": {"number": number}})

    assert refusal.value.code == "record_unstorable"


def workflow(request: dict[str, Any]) -> WorkflowRecord:
    return WorkflowRecord(
        workflow_id="wf_1",
        version=7,
        definition="containerize",
        definition_version="1",
        request=request,
        owner="anna",
        lease=Lease(holder="wf_1-undo-1", expires_at=NOON),
        created_at=NOON,
        updated_at=NOON,
    )
