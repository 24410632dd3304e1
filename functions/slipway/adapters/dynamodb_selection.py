"""Map a selection to a Query on the matching index of the read table: no Scan, no filter."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from slipway.adapters.dynamodb_view_items import FIRST, LAST, Partition
from slipway.cqrs.views import Selection, moment


def view_pk(workflow_id: str) -> str:
    return f"workflow#{workflow_id}"


def spelled(owner: str) -> str:
    """Percent-encode an owner, so that it cannot form the key of another one."""
    return quote(owner, safe=":/@")


def index_keys(
    owner: str, status: str, session: str | None, target: str | None = None
) -> dict[str, Any]:
    """Neither a status nor a target contains `#`, so the joined keys are unambiguous."""
    mine = spelled(owner)
    keys = {"owner": {"S": mine}, "owner_status": {"S": f"{mine}#{status}"}}
    if session:
        keys["session"] = {"S": f"{mine}#{session}"}
        keys["session_status"] = {"S": f"{mine}#{session}#{status}"}
    if target:
        keys["owner_target"] = {"S": f"{mine}#{target}"}
    return keys


def index_query(selection: Selection) -> dict[str, Any]:
    """Each combination of filters has its own index, so that only matching keys are read."""
    keys = index_keys(selection.owner, selection.status or "", selection.session, selection.target)
    if selection.target:
        return _asked(selection, "by_target", "owner_target", keys)
    if selection.session and selection.status:
        return _asked(selection, "by_session_status", "session_status", keys)
    if selection.session:
        return _asked(selection, "by_session", "session", keys)
    if selection.status:
        return _asked(selection, "by_status", "owner_status", keys)
    return _asked(selection, "by_owner", "owner", keys)


def _asked(
    selection: Selection, index: str, attribute: str, keys: Mapping[str, Any]
) -> dict[str, Any]:
    # A position is a time followed by an id, so BETWEEN excludes `until` itself.
    since = moment(selection.since) if selection.since else FIRST
    until = moment(selection.until) if selection.until else LAST
    partition = Partition(index, attribute, keys[attribute])
    return partition.page(since, until, selection.limit, selection.after, view_pk)
