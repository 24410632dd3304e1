"""Project written events onto the read tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from slipway.adapters.dynamodb_stream import PARTITION, read_record
from slipway.cqrs.account_views import AccountViews, keep
from slipway.cqrs.dead_letters import DeadLetters, dead_lettering
from slipway.cqrs.metrics import Measured, Meter
from slipway.cqrs.projection import bring_up_to_date, lag_ms
from slipway.cqrs.views import Views
from slipway.messages import Message, serve_dynamodb
from slipway.messages.events import Event
from slipway.saga.store import Store
from slipway.wiring import account_tables, aside, meter, read_tables, store


def project(
    batch: Mapping[str, Any],
    store: Store,
    tables: Sequence[Views],
    accounts: Sequence[AccountViews],
    meter: Meter,
    aside: DeadLetters | None = None,
) -> dict[str, Any]:
    """Request and response are in the stream's format; the response names what to redeliver."""
    lags_ms: list[int] = []

    def serve(messages: Sequence[Message[Event]]) -> None:
        events = [message.data for message in messages]
        if events[0].kind == "workflow":
            for views in tables:
                bring_up_to_date(events[0].subject, events, store, views)
        else:
            for kept in accounts:
                keep(events, kept)
        lags_ms.append(lag_ms(events))

    give_up = dead_lettering(aside)
    answer = serve_dynamodb(batch, serve, read_record, partition=PARTITION, give_up=give_up)
    if lags_ms:
        meter(Measured("ProjectionLagMs", max(lags_ms), "Milliseconds"))
    return answer


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    tables = read_tables().written(), account_tables().written()
    return project(event, store(), *tables, meter(), aside())
