"""Sessions and configurations in the read table.

The open sessions of an owner lie in the index `by_owner`, under a name that no owner can have; one
that is closed leaves it, one that expired is removed by the table some time later.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from slipway.accounts.state import LIFETIME
from slipway.adapters.aws_errors import aws_errors
from slipway.adapters.dynamodb_selection import VIEW_SK, spelled
from slipway.adapters.dynamodb_views import refusals
from slipway.cqrs.account_views import SelectedSessions, SessionSelection, session_position
from slipway.cqrs.views import moment
from slipway.messages.accounts import ConfigView, SessionView
from slipway.saga.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_TRIES = 5  # a page of large views may need a second BatchGetItem
_LAST = "9999~"
Item = dict[str, Any]


class DynamoDbAccountViews:
    """Implements `slipway.cqrs.account_views.AccountViews`. `client` is the low-level one."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def open_sessions(self, selection: SessionSelection, now: datetime) -> SelectedSessions:
        with aws_errors("read the read table", refusals(self._table)):
            answer = self._client.query(TableName=self._table, **_query(selection, now))
        found = self._views([{"pk": item["pk"], "sk": item["sk"]} for item in answer["Items"]])
        last = answer.get("LastEvaluatedKey")
        return SelectedSessions(
            [each for each in found if each.is_open(now)],
            last["created_at_id"]["S"] if last else None,
        )

    def config(self, owner: str) -> ConfigView:
        with aws_errors("read the read table", refusals(self._table)):
            answer = self._client.get_item(
                TableName=self._table, Key=_key(f"config#{owner}"), ConsistentRead=True
            )
        item = answer.get("Item")
        return ConfigView.model_validate_json(item["view"]["S"]) if item else ConfigView()

    def keep_session(self, session: SessionView) -> None:
        indexed = {
            "owner": {"S": _listed(session.owner)},
            "created_at_id": {"S": session_position(session)},
        }
        ttl = {"ttl": {"N": str(int(session.expires_at.timestamp()))}}
        opened = indexed if session.closed_at is None else {}
        self._keep(f"session#{session.session_id}", session, ttl | opened)

    def keep_config(self, owner: str, config: ConfigView) -> None:
        self._keep(f"config#{owner}", config, {})

    def _keep(self, pk: str, view: SessionView | ConfigView, more: Item) -> None:
        version = {"N": str(view.version)}
        item = _key(pk) | {"last_seq": version, "view": {"S": view.model_dump_json()}} | more
        with aws_errors("write the read table", refusals(self._table)):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=item,
                    ConditionExpression="attribute_not_exists(pk) OR last_seq < :version",
                    ExpressionAttributeValues={":version": version},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return  # it is there already, or a newer one is

    def _views(self, keys: Sequence[Item]) -> list[SessionView]:
        """As they are now, newest first: the index may lag."""
        found: list[SessionView] = []
        for _ in range(_TRIES):
            if not keys:
                return sorted(found, key=session_position, reverse=True)
            asked: Any = {self._table: {"Keys": keys, "ConsistentRead": True}}
            with aws_errors("read the read table", refusals(self._table)):
                answer = self._client.batch_get_item(RequestItems=asked)
            found += map(_session, answer["Responses"][self._table])
            left: Any = answer.get("UnprocessedKeys", {}).get(self._table, {})
            keys = left.get("Keys", [])
        raise Unavailable("read_table_busy", "the read table did not give every view")


def _query(selection: SessionSelection, now: datetime) -> dict[str, Any]:
    """Of the index nothing that must have expired is read."""
    owner = {"S": _listed(selection.owner)}
    asked = {
        "IndexName": "by_owner",
        "KeyConditionExpression": "#key = :key AND created_at_id BETWEEN :since AND :until",
        "ExpressionAttributeNames": {"#key": "owner"},
        "ExpressionAttributeValues": {
            ":key": owner,
            ":since": {"S": moment(now - LIFETIME)},
            ":until": {"S": _LAST},
        },
        "ScanIndexForward": False,
        "Limit": selection.limit,
    }
    after = selection.after
    return asked | ({"ExclusiveStartKey": _after(after, owner)} if after else {})


def _after(position: str, owner: Item) -> Item:
    """Built from the caller's own key: a position leads nowhere else."""
    session_id = position.rpartition("#")[2]
    return _key(f"session#{session_id}") | {"created_at_id": {"S": position}, "owner": owner}


def _listed(owner: str) -> str:
    return f"{spelled(owner)}#sessions"


def _key(pk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": VIEW_SK}}


def _session(item: Mapping[str, Any]) -> SessionView:
    return SessionView.model_validate_json(item["view"]["S"])
