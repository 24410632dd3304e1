"""Keep the read table up to date with what was written."""

from collections.abc import Mapping
from typing import Any

from slipway.adapters.dynamodb_items import read_event
from slipway.cqrs.projection import bring_up_to_date
from slipway.cqrs.stream import Heard, each_workflow
from slipway.cqrs.views import Views
from slipway.saga.store import Store
from slipway.wiring import store, views


def project(batch: Mapping[str, Any], store: Store, views: Views) -> dict[str, Any]:
    """The batch is in the stream's form; so is the answer, which names what to send again."""

    def serve(workflow_id: str, heard: list[Heard]) -> None:
        bring_up_to_date(workflow_id, [one.event for one in heard], store, views)

    return each_workflow(batch, read_event, serve)


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    return project(event, store(), views())
