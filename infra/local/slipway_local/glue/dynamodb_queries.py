"""Let a Query of a table read only its own partition.

moto sorts every item of the table for each Query: with the sagas of an hour in the table, a step
spends more time on that than on its work.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from typing import Any

from moto.dynamodb.models.table import Table

from slipway_local.glue.patching import replaced


@contextmanager
def dynamodb_queries() -> Iterator[None]:
    original = Table.query
    parameters = signature(original)

    def query(table: Table, *given: Any, **named: Any) -> Any:
        asked = parameters.bind(table, *given, **named).arguments
        if asked.get("index_name"):
            return original(table, *given, **named)
        partition = copy.copy(table)
        hash_key = asked["hash_key"]
        partition.items = {hash_key: table.items[hash_key]} if hash_key in table.items else {}  # type: ignore[assignment]  # only read
        return original(partition, *given, **named)

    with replaced(Table, "query", query):
        yield
