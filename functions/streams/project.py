"""Keep the read table up to date with what was written."""

from collections.abc import Mapping, Sequence
from typing import Any

from slipway.adapters.dynamodb_stream import PARTITION, read_record
from slipway.cqrs.account_views import AccountViews, keep
from slipway.cqrs.projection import bring_up_to_date
from slipway.cqrs.views import Views
from slipway.messages import Message, serve_dynamodb
from slipway.messages.events import Event
from slipway.saga.store import Store
from slipway.wiring import account_views, store, views


def project(
    batch: Mapping[str, Any], store: Store, views: Views, accounts: AccountViews
) -> dict[str, Any]:
    """The batch is in the stream's form; so is the answer, which names what to send again."""

    def serve(messages: Sequence[Message[Event]]) -> None:
        events = [message.data for message in messages]
        if events[0].kind == "workflow":
            bring_up_to_date(events[0].subject, events, store, views)
        else:
            keep(events, accounts)

    return serve_dynamodb(batch, serve, read_record, partition=PARTITION)


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    return project(event, store(), views(), account_views())
