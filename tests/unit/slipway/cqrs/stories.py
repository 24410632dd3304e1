"""What the stories of the write and read side share: a caller, a saga that ran, a stream."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from slipway.adapters.dynamodb_items import event_item
from slipway.cqrs.authority import OPERATE, READ, WRITE
from slipway.messages.events import Event
from slipway.saga import transitions
from slipway.saga.driver import InProcessDriver
from slipway.saga.endings import Endings
from slipway.saga.errors import Rejected
from slipway.saga.outcome import Outcome
from slipway.saga.runner import Runner
from slipway.saga.state import Saga, WorkflowRecord
from slipway.saga.step import Behaviour
from slipway.saga.store import Store
from slipway.saga.workflow import Workflow
from steps import PLAN

NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)
SHOP = "wf_shopshopshopshopshopshop"
REQUEST: dict[str, Any] = {
    "source": {"git": {"url": "https://git.example/shop.git"}},
    "app": {"name": "shop"},
}
_OUTPUTS: dict[str, dict[str, Any]] = {
    "tag_image": {"reference": "registry.example/shop:1"},
    "push_image": {"reference": "registry.example/shop:1", "digest": "sha256:abc"},
    "deploy_application": {"namespace": "shop", "name": "shop", "port": 8080},
}


class Clock:
    """Every look at it is a second later."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def requested(
    store: Store,
    workflow_id: str = SHOP,
    owner: str = "anna",
    at: datetime = NOON,
    target: str | None = None,
    world: dict[str, str] | None = None,
) -> None:
    """`target` is the workflow's own, unless it is given."""
    workflow = WorkflowRecord(
        workflow_id=workflow_id,
        definition=PLAN.name,
        definition_version=PLAN.version,
        request=REQUEST,
        owner=owner,
        world=world,
        lock=target or f"default/{workflow_id}",
        created_at=at,
        updated_at=at,
    )
    store.commit(transitions.requested(workflow, None, [step.name for step in PLAN]))


def run(store: Store, workflow_id: str = SHOP, *, failing: str | None = None) -> None:
    """To the end: complete, or undone because of the failing step."""
    clock = Clock(store.load(workflow_id).workflow.created_at)

    def execute(workflow: Workflow[Any]) -> Outcome:
        name = workflow.step
        if name == failing:
            raise Rejected("broken", f"{name} is broken", fix="mend it")
        return Outcome(created=(f"thing:{name}",), outputs=_OUTPUTS.get(name, {}))

    def look(_saga: Saga) -> list[Any]:
        return []

    endings = Endings.of(PLAN, store, [look], lambda *_: None, clock)
    behaviours = {s.name: Behaviour(s.name, execute, lambda _workflow: None) for s in PLAN}
    InProcessDriver(PLAN, Runner(PLAN, store, clock), behaviours, endings).run(workflow_id)


def batch(events: Sequence[Event]) -> dict[str, Any]:
    """As the stream of the write table hands them to a function."""
    return {"Records": [_record(event, number) for number, event in enumerate(events, start=100)]}


def _record(event: Event, number: int) -> dict[str, Any]:
    item = event_item(event)
    keys = {name: item[name] for name in ("pk", "sk")}
    change = {"Keys": keys, "NewImage": item, "SequenceNumber": str(number)}
    return {"eventName": "INSERT", "dynamodb": change}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def named(owner: str, *scopes: str) -> dict[str, str]:
    """An authorizer's word for a caller."""
    return {"owner": owner, "scopes": " ".join(scopes or (READ, WRITE))}


def operator(owner: str) -> dict[str, Any]:
    """The rest of an event in which `owner` calls, who may operate the workflows of all."""
    caller = {"authorizer": {"lambda": named(owner, READ, WRITE, OPERATE)}}
    return {"requestContext": {"http": {"method": "POST"}, **caller}}


def ask(
    handler: Any,
    method: str = "GET",
    *,
    path: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    body: Any = None,
    headers: dict[str, str] | None = None,
    owner: str | None = "anna",
    **event: Any,
) -> Reply:
    """A request as the HTTP API passes it on, payload format 2.0. It may read and write."""
    authorizer = {"authorizer": {"lambda": named(owner)}} if owner else {}
    answer = handler(
        {
            "version": "2.0",
            "headers": headers or {},
            "pathParameters": path,
            "queryStringParameters": query,
            "body": body if body is None or isinstance(body, str) else json.dumps(body),
            "requestContext": {"http": {"method": method}, **authorizer},
            **event,
        },
        None,
    )
    return Reply(answer["statusCode"], answer["headers"], answer["body"])
