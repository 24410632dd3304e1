"""Many workflows, put straight into moto's tables: its transactions copy a whole table each."""

from datetime import UTC, datetime, timedelta
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from tests.integration.slipway.cqrs.aws import REGION

from slipway.adapters import dynamodb_items, dynamodb_views
from slipway.cqrs.memory_views import MemoryViews
from slipway.cqrs.rebuild import refill
from slipway.messages.events import Event
from slipway.saga import transitions
from slipway.saga.memory import MemoryStore
from slipway.saga.state import WorkflowRecord
from steps import PLAN

NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)


def add(workflow_id: str, number: int) -> Event:
    """Requested by Anna in one session with all others, so many seconds after noon."""
    at = NOON + timedelta(seconds=number)
    workflow = WorkflowRecord(
        workflow_id=workflow_id,
        definition=PLAN.name,
        definition_version=PLAN.version,
        request={"session_id": "s", "app": {"name": workflow_id}},
        owner="anna",
        lock=f"default/{workflow_id}",
        created_at=at,
        updated_at=at,
    )
    store, views = MemoryStore(), MemoryViews()
    store.commit(transitions.requested(workflow, None, [step.name for step in PLAN]))
    refill(workflow_id, store, views)
    (event,), view = store.events(workflow_id), views.get(workflow_id)
    assert view is not None
    _put("write", dynamodb_items.workflow_item(store.load(workflow_id).workflow))
    _put("write", dynamodb_items.event_item(event))
    _put("read", dynamodb_views._item(view))
    for line in views.timeline(workflow_id):
        _put("read", dynamodb_views._line(workflow_id, line))
    return event


def _put(table: str, item: dict[str, Any]) -> None:
    backend: Any = dynamodb_backends["123456789012"][REGION]
    backend.put_item(table, item)
