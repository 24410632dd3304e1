"""Marshals generated Protobuf messages in binary form; needs the extra `protobuf`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from slipway.messages.errors import InvalidMessage
from slipway.messages.marshalling.names import ByName

if TYPE_CHECKING:
    from google.protobuf.message import Message as Generated

T = TypeVar("T")


class ProtobufMarshaller(ByName):
    """Implements `Marshaller`. `classes` are keyed by message type.

    Unknown fields are preserved, as usual with Protobuf, so that versions can mix.
    """

    content_type = "application/protobuf"

    def __init__(self, classes: "Mapping[str, type[Generated]]") -> None:
        super().__init__(classes)

    def marshal(self, obj: object) -> bytes:
        generated: Any = obj
        self._names.of(generated)
        return bytes(generated.SerializeToString(deterministic=True))

    def unmarshal(self, content: bytes, into: type[T]) -> T:
        from google.protobuf.message import DecodeError  # noqa: PLC0415  (an optional extra)

        self._names.of_class(into)
        generated: Any = into()
        try:
            generated.ParseFromString(content)
        except DecodeError as error:
            raise InvalidMessage("data", f"is not a {into.__name__}") from error
        read: T = generated
        return read
