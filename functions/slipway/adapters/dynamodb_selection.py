"""Which index answers a selection, and how the read table is asked. No Scan, no filter, ever."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from slipway.cqrs.views import Selection, moment

VIEW_SK = "VIEW"
_FIRST, _LAST = "0", "9999~"
"""Before and after every `created_at_id`."""


def view_pk(workflow_id: str) -> str:
    return f"workflow#{workflow_id}"


def index_keys(owner: str, status: str, session: str | None) -> dict[str, Any]:
    """Quoted, so that no owner can spell the key of another one. No status has a `#`."""
    mine = quote(owner, safe=":/@")
    keys = {"owner": {"S": mine}, "owner_status": {"S": f"{mine}#{status}"}}
    if session:
        keys["session"] = {"S": f"{mine}#{session}"}
        keys["session_status"] = {"S": f"{mine}#{session}#{status}"}
    return keys


@dataclass(frozen=True)
class IndexQuery:
    """The parameters of one Query, and what identifies the last item of a page in the index."""

    parameters: Mapping[str, Any]
    key: Mapping[str, Any]

    def after(self, position: str) -> dict[str, Any]:
        """Built from the caller's own key: a position leads nowhere else."""
        workflow_id = position.rpartition("#")[2]
        return {
            "pk": {"S": view_pk(workflow_id)},
            "sk": {"S": VIEW_SK},
            "created_at_id": {"S": position},
            **self.key,
        }


def index_query(selection: Selection) -> IndexQuery:
    """Each combination has an index of its own: nothing is read that is not asked for."""
    keys = index_keys(selection.owner, selection.status or "", selection.session)
    if selection.session and selection.status:
        return _asked(selection, "by_session_status", "session_status", keys)
    if selection.session:
        return _asked(selection, "by_session", "session", keys)
    if selection.status:
        return _asked(selection, "by_status", "owner_status", keys)
    return _asked(selection, "by_owner", "owner", keys)


def _asked(selection: Selection, index: str, attribute: str, keys: Mapping[str, Any]) -> IndexQuery:
    values = {
        ":key": keys[attribute],
        ":since": {"S": moment(selection.since) if selection.since else _FIRST},
        # A position is a moment and more, so the bound itself is left out.
        ":until": {"S": moment(selection.until) if selection.until else _LAST},
    }
    parameters = {
        "IndexName": index,
        "KeyConditionExpression": "#key = :key AND created_at_id BETWEEN :since AND :until",
        "ExpressionAttributeNames": {"#key": attribute},
        "ExpressionAttributeValues": values,
        "ScanIndexForward": False,
        "Limit": selection.limit,
    }
    return IndexQuery(parameters, {attribute: keys[attribute]})
