"""Marshals pydantic models as JSON."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from slipway.messages.marshalling.names import ByName
from slipway.messages.validation import validated

if TYPE_CHECKING:
    from pydantic import BaseModel

T = TypeVar("T")


class JsonMarshaller(ByName):
    """Implements `Marshaller`. `classes` are keyed by message type."""

    content_type = "application/json"

    def __init__(self, classes: "Mapping[str, type[BaseModel]]") -> None:
        super().__init__(classes)

    def marshal(self, obj: object) -> bytes:
        model: Any = obj
        self._names.of(model)
        return str(model.model_dump_json()).encode()

    def unmarshal(self, content: bytes, into: type[T]) -> T:
        self._names.of_class(into)
        return validated(into, content)
