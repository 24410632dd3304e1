"""Keep the read table up to date with what was written."""

from collections.abc import Mapping, Sequence
from typing import Any

from slipway.adapters.dynamodb_stream import PARTITION, read_record
from slipway.cqrs.projection import bring_up_to_date
from slipway.cqrs.views import Views
from slipway.messages import Message, serve_dynamodb
from slipway.messages.events import Event
from slipway.saga.store import Store
from slipway.wiring import store, views


def project(batch: Mapping[str, Any], store: Store, views: Views) -> dict[str, Any]:
    """The batch is in the stream's form; so is the answer, which names what to send again."""

    def serve(messages: Sequence[Message[Event]]) -> None:
        events = [message.data for message in messages]
        bring_up_to_date(events[0].workflow_id, events, store, views)

    return serve_dynamodb(batch, serve, read_record, partition=PARTITION)


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    return project(event, store(), views())
