"""Generated Protobuf messages in their binary form; needs the extra `protobuf`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from slipway.messages.errors import InvalidMessage
from slipway.messages.marshalling.names import ByName

if TYPE_CHECKING:
    from google.protobuf.message import Message as Generated

T = TypeVar("T")


class ProtobufMarshaller(ByName):
    """`classes` by the names that messages of them have. Implements `Marshaller`.

    Fields that a class does not know are kept, as Protobuf has it, so that versions mix.
    """

    content_type = "application/protobuf"

    def __init__(self, classes: "Mapping[str, type[Generated]]") -> None:
        super().__init__(classes)

    def marshal(self, obj: object) -> bytes:
        generated: Any = obj
        self._names.of(generated)
        return bytes(generated.SerializeToString(deterministic=True))

    def unmarshal(self, content: bytes, into: type[T]) -> T:
        from google.protobuf.message import DecodeError  # noqa: PLC0415  (an extra: only who asks)

        self._names.of_class(into)
        generated: Any = into()
        try:
            generated.ParseFromString(content)
        except DecodeError as error:
            raise InvalidMessage("data", f"is no {into.__name__}") from error
        read: T = generated
        return read
