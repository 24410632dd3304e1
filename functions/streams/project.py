"""Keep the read table up to date with what was written."""

from collections.abc import Mapping, Sequence
from typing import Any

from slipway.adapters.dynamodb_items import read_event
from slipway.cqrs.metrics import Measure
from slipway.cqrs.projection import bring_up_to_date, lag_ms
from slipway.cqrs.stream import Heard, each_workflow
from slipway.cqrs.undelivered import Aside
from slipway.cqrs.views import Views
from slipway.saga.store import Store
from slipway.wiring import aside, measure, read_tables, store


def project(
    batch: Mapping[str, Any],
    store: Store,
    tables: Sequence[Views],
    measure: Measure,
    aside: Aside | None = None,
) -> dict[str, Any]:
    """The batch is in the stream's form; so is the answer, which names what to send again."""
    lags_ms: list[int] = []

    def serve(workflow_id: str, heard: list[Heard]) -> None:
        events = [one.event for one in heard]
        for views in tables:
            bring_up_to_date(workflow_id, events, store, views)
        lags_ms.append(lag_ms(events))

    answer = each_workflow(batch, read_event, serve, aside)
    if lags_ms:
        measure("ProjectionLagMs", max(lags_ms), "Milliseconds")
    return answer


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    return project(event, store(), read_tables().written(), measure(), aside())
