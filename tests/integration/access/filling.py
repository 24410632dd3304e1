"""Many workflows, put straight into moto's tables: its transactions copy a whole table each."""

from datetime import UTC, datetime, timedelta
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from tests.integration.slipway.cqrs.aws import REGION, client

from slipway.adapters import dynamodb_figures, dynamodb_items, dynamodb_workflow_items
from slipway.cqrs.memory_views import MemoryViews
from slipway.cqrs.rebuild import refill
from slipway.messages.events import Event
from slipway.saga import transitions
from slipway.saga.memory import MemoryStore
from slipway.saga.state import WorkflowRecord
from steps import PLAN

NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)


def add(workflow_id: str, number: int, app: str | None = None, status: str = "REQUESTED") -> Event:
    """Requested by Anna in one session with all others, so many seconds after noon.

    Without an `app` it has a target of its own. The `status` is that of its view.
    """
    at = NOON + timedelta(seconds=number)
    workflow = WorkflowRecord(
        workflow_id=workflow_id,
        definition=PLAN.name,
        definition_version=PLAN.version,
        request={"session_id": "s", "app": {"name": app or workflow_id}},
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
    counted, shown = views._counted[workflow_id], view.model_copy(update={"status": status})
    _put("read", dynamodb_workflow_items.view_item(shown, counted))
    for told in views._items[workflow_id].values():
        for item in dynamodb_workflow_items.event_items(workflow_id, told):
            _put("read", item)
    for added in dynamodb_figures.additions("read", "anna", workflow_id, {}, counted):
        client("dynamodb").update_item(**added["Update"])
    return event


def _put(table: str, item: dict[str, Any]) -> None:
    backend: Any = dynamodb_backends["123456789012"][REGION]
    backend.put_item(table, item)
