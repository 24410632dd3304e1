"""Keep the read table up to date with what was written."""

from collections.abc import Mapping
from typing import Any

from slipway.adapters.dynamodb_items import read_event
from slipway.cqrs.account_views import AccountViews, keep
from slipway.cqrs.projection import bring_up_to_date
from slipway.cqrs.stream import Heard, each_workflow
from slipway.cqrs.views import Views
from slipway.saga.store import Store
from slipway.wiring import account_views, store, views


def project(
    batch: Mapping[str, Any], store: Store, views: Views, accounts: AccountViews
) -> dict[str, Any]:
    """The batch is in the stream's form; so is the answer, which names what to send again."""

    def serve(subject: str, heard: list[Heard]) -> None:
        events = [one.event for one in heard]
        if events[0].kind == "workflow":
            bring_up_to_date(subject, events, store, views)
        else:
            keep(events, accounts)

    return each_workflow(batch, read_event, serve)


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    return project(event, store(), views(), account_views())
