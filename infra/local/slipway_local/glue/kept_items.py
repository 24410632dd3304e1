"""Convert moto's items to JSON texts, and back."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict

from slipway_local.kept.tables import KeptTables, Key, Write

AT_HAND = 64
"""Partitions of a table that stay in memory between calls; a workflow is one."""


class Partitions(dict[Any, Any]):
    """Items by range key, or one item, by hash key; loaded from the state file on demand.

    Takes the place of a moto table's own dictionary.
    """

    def __init__(self, tables: KeptTables, table: Any) -> None:
        super().__init__()
        self._tables, self._table = tables, table

    def __missing__(self, hash_key: DynamoType) -> Any:
        """Raises KeyError for a missing item of a table without range keys."""
        rows = self._tables.partition(self._table.name, text_of(hash_key))
        found = {key and _value(key): item_of(self._table, item) for key, item in rows}
        self[hash_key] = found if self._table.has_range_key else found[""]
        return self[hash_key]

    def __contains__(self, hash_key: object) -> bool:
        try:
            self[hash_key]
        except KeyError:
            return False
        return True

    def pop(self, hash_key: Any, *default: Any) -> Any:
        return super().pop(hash_key, *default) if hash_key in self else {}[hash_key]

    def forget_oldest(self) -> None:
        """Evict partitions between calls, when all are stored; they are loaded again on demand."""
        for hash_key in list(islice(self, max(0, len(self) - AT_HAND))):
            del self[hash_key]

    def values(self) -> Any:
        for key in self._tables.hash_keys(self._table.name):
            self[_value(key)]
        return super().values()


def changed_keys(handler: Any) -> dict[Key, tuple[Any, Any, Any]]:
    """Return the keys that a call may have changed, each with its table and moto's own keys."""
    backend = handler.dynamodb_backend
    found: dict[Key, tuple[Any, Any, Any]] = {}
    for name, keys in _named(handler._get_action(), handler.body):  # noqa: SLF001  (moto has no public hook)
        if name not in backend.tables:
            continue
        table = backend.tables[name]
        hash_key, range_key = backend.get_keys_value(table, keys)
        found[name, text_of(hash_key), text_of(range_key)] = (table, hash_key, range_key)
    return found


def _named(action: str, body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if action in {"PutItem", "UpdateItem", "DeleteItem"}:
        yield body["TableName"], body.get("Key") or body["Item"]
    elif action == "BatchWriteItem":
        for table, requests in body["RequestItems"].items():
            for operation in _operations(requests):
                yield table, operation.get("Key") or operation["Item"]
    elif action == "TransactWriteItems":
        for operation in _operations(body["TransactItems"]):
            yield operation["TableName"], operation.get("Key") or operation["Item"]


def _operations(requests: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (next(iter(request.values())) for request in requests)


def write_of(key: Key, where: tuple[Any, Any, Any]) -> Write:
    """Return the write that stores the item's current state."""
    table, hash_key, range_key = where
    item = table.get_item(hash_key, range_key)
    if item is None:
        return Write(key, None)
    text = json.dumps({name: _plain(value) for name, value in item.attrs.items()})
    return Write(key, text, dict(_indexed(table, item)))


def _indexed(table: Any, item: Item) -> Iterator[tuple[str, str]]:
    for index in table.all_indexes():
        if (value := item.attrs.get(hash_attribute(index))) is not None:
            yield index.name, text_of(value)


def hash_attribute(index: Any) -> str:
    """Return the first hash attribute; an index may have several."""
    found: str = next(k["AttributeName"] for k in index.schema if k["KeyType"] == "HASH")
    return found


def item_of(table: Any, text: str) -> Item:
    """Create an item without its size, which moto would compute again for each attribute."""
    attributes = LimitedSizeDict()
    for name, value in json.loads(text).items():
        dict.__setitem__(attributes, name, DynamoType(value))
    range_key = attributes[table.range_key_attr] if table.has_range_key else None
    item = Item(attributes[table.hash_key_attr], range_key, {})
    item.attrs = attributes
    return item


def text_of(key: DynamoType | None) -> str:
    """Equal keys have the same text. Empty when there is no key."""
    return "" if key is None else json.dumps(_plain(key))


def _value(text: str) -> DynamoType:
    return DynamoType(json.loads(text))


def _plain(value: DynamoType) -> dict[str, Any]:
    if value.is_map():
        return {value.type: {name: _plain(inner) for name, inner in value.value.items()}}
    if value.is_list():
        return {value.type: [_plain(inner) for inner in value.value]}
    return {value.type: value.value}
