"""Serialize only the type that an attribute value has.

moto looks for each of the ten types under several spellings, for every attribute of every item:
that is most of the time of reading a saga.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.serialize import ResponseSerializer

from slipway_local.glue.patching import replaced

_VALUE = "AttributeValue"


@contextmanager
def dynamodb_values() -> Iterator[None]:
    original = ResponseSerializer._serialize_structure_member  # noqa: SLF001  (moto has no public hook)

    def member(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if isinstance(value, dict) and shape.parent.name == _VALUE and key not in value:
            return
        original(serializer, serialized, value, shape, key)

    with replaced(ResponseSerializer, "_serialize_structure_member", member):
        yield
