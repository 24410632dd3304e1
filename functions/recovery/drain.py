"""Unfinished workflows of all owners, and the version of the plan that each started with."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from operator import attrgetter

from slipway.buses import query
from slipway.cqrs.request import Call
from slipway.messages.maintenance import Drain, DrainReport, UnderWay
from slipway.saga import NotFound, Store
from slipway.wiring import store

_EVER = datetime.max.replace(tzinfo=UTC)


def drain(_query: Drain, _call: Call, *, store: Store) -> DrainReport:
    """Reads the write table: views are by owner, and may lag behind."""
    items = tuple(sorted(_under_way(store), key=attrgetter("updated_at")))
    versions = Counter(each.definition_version for each in items)
    return DrainReport(drained=not items, versions=dict(sorted(versions.items())), items=items)


def _under_way(store: Store) -> Iterator[UnderWay]:
    for workflow_id in store.idle(_EVER):
        try:
            workflow = store.load(workflow_id).workflow
        except NotFound:
            continue  # the index lags
        if not workflow.is_over:
            yield UnderWay(
                workflow_id=workflow_id,
                owner=workflow.owner,
                definition_version=workflow.definition_version,
                status=workflow.status,
                updated_at=workflow.updated_at,
            )


handler = query(drain, Drain, scope="workflows:operate", store=store)
