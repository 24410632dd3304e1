"""Let a Query of an index read only the items under its key, from the state file.

moto iterates over every item of the table, all of which would have to be loaded.
"""

import copy
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from typing import Any

from moto.dynamodb.models.table import Table

from slipway_local.glue.kept_items import hash_attribute, item_of, text_of
from slipway_local.glue.patching import replaced
from slipway_local.kept.tables import KeptTables


@contextmanager
def kept_indexes(tables: KeptTables) -> Iterator[None]:
    original = Table.query
    parameters = signature(original)

    def query(table: Table, *given: Any, **named: Any) -> Any:
        asked = parameters.bind(table, *given, **named).arguments
        if not asked.get("index_name"):
            return original(table, *given, **named)
        found = copy.copy(table)
        found.items = _under(tables, table, asked)
        return original(found, *given, **named)

    with replaced(Table, "query", query):
        yield


def _under(tables: KeptTables, table: Any, asked: dict[str, Any]) -> Any:
    index = table.get_index(asked["index_name"], error_if_not=True)
    wanted = dict(asked.get("hash_key_conditions") or ()).get(hash_attribute(index))
    value = text_of(asked["hash_key"] if wanted is None else wanted)
    found: Any = defaultdict(dict)
    for hash_key, range_key, text in tables.by_index(table.name, index.name, value):
        item = item_of(table, text)
        if range_key:
            found[hash_key][range_key] = item
        else:
            found[hash_key] = item
    return found
