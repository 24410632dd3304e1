"""The marshaller interface, and conversion of messages with it."""

from dataclasses import replace
from typing import Any, Protocol, TypeVar

from slipway.messages.cloudevents.content import dump_json, is_json, load_json
from slipway.messages.errors import InvalidMessage
from slipway.messages.message import Message

T = TypeVar("T")


class Marshaller(Protocol):
    """Handles only the classes that it was given; raises UnknownType for others."""

    @property
    def content_type(self) -> str:
        """The media type of what `marshal` returns."""
        ...

    def type_name(self, obj: object) -> str:
        """The type of a message that has this object as its data."""
        ...

    def class_of(self, type_name: str) -> type[Any]: ...

    def marshal(self, obj: object) -> bytes:
        """Deterministic for the same object, within one version of its class."""
        ...

    def unmarshal(self, content: bytes, into: type[T]) -> T:
        """Raises InvalidMessage for content that is not such an object."""
        ...


def marshalled(message: Message[Any], marshaller: Marshaller) -> Message[Any]:
    """Convert the data to what CloudEvents carry: a JSON value, or bytes."""
    content: Any = marshaller.marshal(message.data)
    if is_json(marshaller.content_type):
        content = load_json(content)
    attributes = replace(message.attributes, content_type=marshaller.content_type)
    return replace(message.with_data(content), attributes=attributes)


def unmarshalled(message: Message[Any], marshaller: Marshaller) -> Message[Any]:
    """Convert the data to the class of the message's type. Raises UnknownType, InvalidMessage."""
    into = marshaller.class_of(message.attributes.type)
    content = message.data
    if content is None and not is_json(marshaller.content_type):
        content = b""  # HTTP and CloudEvents cannot tell no data from data of no bytes
    if not isinstance(content, bytes):
        if not is_json(marshaller.content_type):
            raise InvalidMessage("data", f"is not {marshaller.content_type}")
        content = dump_json(content)
    return message.with_data(marshaller.unmarshal(content, into))
