"""Sessions and configurations in the read table.

An owner's open sessions are in the index `by_owner`, under a key that no owner can have. Closing a
session removes it from the index; an expired one is deleted by TTL some time later.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from slipway.accounts.state import LIFETIME
from slipway.adapters.aws_errors import aws_errors
from slipway.adapters.dynamodb_selection import spelled
from slipway.adapters.dynamodb_view_items import (
    LAST,
    Item,
    Partition,
    ViewItems,
    refusals,
    view_key,
)
from slipway.cqrs.account_views import SelectedSessions, SessionSelection, session_position
from slipway.cqrs.views import moment
from slipway.messages.accounts import ConfigView, SessionView

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoDbAccountViews:
    """Implements `slipway.cqrs.account_views.AccountViews`. `client` is the low-level client."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._items = ViewItems(client, table)

    def open_sessions(self, selection: SessionSelection, now: datetime) -> SelectedSessions:
        found, last = self._items.page(_query(selection, now))
        sessions = map(SessionView.model_validate_json, found)
        newest_first = sorted(sessions, key=session_position, reverse=True)
        return SelectedSessions([each for each in newest_first if each.is_open(now)], last)

    def session(self, session_id: str) -> SessionView | None:
        view = self._items.view(_session_pk(session_id))
        return SessionView.model_validate_json(view) if view else None

    def config(self, owner: str) -> ConfigView:
        view = self._items.view(f"config#{owner}")
        return ConfigView.model_validate_json(view) if view else ConfigView()

    def keep_session(self, session: SessionView) -> None:
        indexed = {
            "owner": {"S": _listed(session.owner)},
            "created_at_id": {"S": session_position(session)},
        }
        ttl = {"ttl": {"N": str(int(session.expires_at.timestamp()))}}
        opened = indexed if session.closed_at is None else {}
        self._keep(_session_pk(session.session_id), session, ttl | opened)

    def keep_config(self, owner: str, config: ConfigView) -> None:
        self._keep(f"config#{owner}", config, {})

    def _keep(self, pk: str, view: SessionView | ConfigView, more: Item) -> None:
        version = {"N": str(view.version)}
        item = view_key(pk) | {"last_seq": version, "view": {"S": view.model_dump_json()}} | more
        with aws_errors("write the read table", refusals(self._table)):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=item,
                    ConditionExpression="attribute_not_exists(pk) OR last_seq < :version",
                    ExpressionAttributeValues={":version": version},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return  # this version or a newer one is stored already


def _query(selection: SessionSelection, now: datetime) -> dict[str, Any]:
    """Skip sessions older than the lifetime, which must have expired."""
    since, mine = moment(now - LIFETIME), {"S": _listed(selection.owner)}
    partition = Partition("by_owner", "owner", mine)
    return partition.page(since, LAST, selection.limit, selection.after, _session_pk)


def _listed(owner: str) -> str:
    return f"{spelled(owner)}#sessions"


def _session_pk(session_id: str) -> str:
    return f"session#{session_id}"
