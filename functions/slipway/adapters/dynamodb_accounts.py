"""Sessions and configurations in the write table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from slipway.accounts.state import Config, Roster, Session
from slipway.accounts.store import AccountChange, SessionChange
from slipway.adapters import dynamodb_items as items
from slipway.adapters.dynamodb_items import Item
from slipway.adapters.dynamodb_writing import WriteTable
from slipway.messages.events import Event, Kind

R = TypeVar("R", bound=BaseModel)
_NOT_IN_RECORD = {"pk", "sk", "ttl"}


class DynamoDbAccounts(WriteTable):
    """Implements `slipway.accounts.store.Accounts`."""

    def session(self, session_id: str) -> Session | None:
        item = self._get(items.session_key(session_id))
        return _read(Session, item) if item else None

    def roster(self, owner: str) -> Roster:
        item = self._get(items.roster_key(owner))
        return _read(Roster, item) if item else Roster(owner=owner)

    def config(self, owner: str) -> Config:
        item = self._get(items.config_key(owner))
        return read_config(item) if item else Config(owner=owner)

    def events_of(self, kind: Kind, subject: str) -> Sequence[Event]:
        return self._events(items.events_pk(kind, subject))

    def record(self, change: AccountChange) -> None:
        """Raises Conflict, Unavailable or Rejected."""
        event = self._put_new(items.event_item(change.event))
        inbox = self._inbox(change.inbox, change.event.subject)
        self._write([*self._puts(change), event, *inbox])

    def _puts(self, change: AccountChange) -> list[Item]:
        if not isinstance(change, SessionChange):
            config = change.config
            item = items.config_key(config.owner) | _record_item(config)
            return [self._put_after(item, config.version - 1)]
        session, roster = change.session, change.roster
        item = items.session_key(session.session_id) | _record_item(session, session.expires_at)
        return [
            self._put_after(item, session.version - 1),
            self._put_after(
                items.roster_key(roster.owner) | _record_item(roster), roster.version - 1
            ),
        ]


def read_config(item: Mapping[str, Any]) -> Config:
    return _read(Config, item)


def _record_item(record: BaseModel, expires_at: datetime | None = None) -> Item:
    """`ttl` is in seconds since 1970, as DynamoDB requires."""
    ttl = {"ttl": int(expires_at.timestamp())} if expires_at else {}
    return items.to_item(record.model_dump(mode="json") | ttl)


def _read(kind: type[R], item: Mapping[str, Any]) -> R:
    fields = items.from_item(item)
    return kind.model_validate({k: v for k, v in fields.items() if k not in _NOT_IN_RECORD})
