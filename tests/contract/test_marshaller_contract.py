"""Every marshaller passes the same suite: orders as pydantic models and as Protobuf messages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from pydantic import BaseModel

from slipway.messages import (
    AlreadyRegistered,
    Attributes,
    InvalidMessage,
    JsonMarshaller,
    Marshaller,
    Message,
    ProtobufMarshaller,
    UnknownType,
    cloudevents,
    marshalled,
    unmarshalled,
)

_TEXT = descriptor_pb2.FieldDescriptorProto.TYPE_STRING
_NUMBER = descriptor_pb2.FieldDescriptorProto.TYPE_INT64


class OrderPlaced(BaseModel):
    product: str
    pieces: int


class OrderEaten(BaseModel):
    product: str
    pieces: int


def _generated(name: str) -> Any:
    """As protoc makes it of `message <name> { string product = 1; int64 pieces = 2; }`."""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name=f"{name}.proto",
        package="shop",
        syntax="proto3",
        message_type=[
            descriptor_pb2.DescriptorProto(
                name=name,
                field=[
                    field(name="product", number=1, type=_TEXT, label=field.LABEL_OPTIONAL),
                    field(name="pieces", number=2, type=_NUMBER, label=field.LABEL_OPTIONAL),
                ],
            )
        ],
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"shop.{name}"))


@dataclass(frozen=True)
class Kind:
    make: Callable[[dict[str, Any]], Marshaller]
    placed: Any
    eaten: Any
    garbage: bytes


JSON = Kind(JsonMarshaller, OrderPlaced, OrderEaten, b'{"product": 7}')
PROTOBUF = Kind(
    ProtobufMarshaller, _generated("OrderPlaced"), _generated("OrderEaten"), b"\x0a\xff"
)


@pytest.fixture(params=[JSON, PROTOBUF], ids=["json", "protobuf"])
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


def knows_orders(kind: Kind) -> Marshaller:
    return kind.make({"order.placed": kind.placed})


def test_an_order_comes_back_as_it_was(kind: Kind) -> None:
    marshaller, order = knows_orders(kind), kind.placed(product="kettle 🫖", pieces=2**40)

    content = marshaller.marshal(order)

    assert marshaller.unmarshal(content, kind.placed) == order
    assert content == marshaller.marshal(kind.placed(product="kettle 🫖", pieces=2**40))


def test_an_order_has_the_name_that_it_was_registered_by(kind: Kind) -> None:
    marshaller = knows_orders(kind)

    assert marshaller.type_name(kind.placed(product="kettle", pieces=1)) == "order.placed"
    assert marshaller.class_of("order.placed") is kind.placed
    assert "/" in marshaller.content_type


def test_what_was_not_registered_is_unknown_on_every_way(kind: Kind) -> None:
    marshaller, eaten = knows_orders(kind), kind.eaten(product="kettle", pieces=1)

    for asked in (
        lambda: marshaller.marshal(eaten),
        lambda: marshaller.type_name(eaten),
        lambda: marshaller.unmarshal(b"", kind.eaten),
        lambda: marshaller.class_of("order.eaten"),
    ):
        with pytest.raises(UnknownType) as refused:
            asked()
        assert refused.value.known == {"order.placed"}


def test_bytes_that_are_no_order_are_refused_without_telling_them(kind: Kind) -> None:
    with pytest.raises(InvalidMessage) as refused:
        knows_orders(kind).unmarshal(kind.garbage, kind.placed)

    assert refused.value.where == "data"


def test_a_class_has_one_name(kind: Kind) -> None:
    with pytest.raises(AlreadyRegistered):
        kind.make({"order.placed": kind.placed, "order.sent": kind.placed})


def test_a_message_goes_over_every_wire_and_back(kind: Kind) -> None:
    marshaller, order = knows_orders(kind), kind.placed(product="kettle", pieces=2)
    told = Attributes(type=marshaller.type_name(order), source="shop")

    sent = marshalled(Message(order, told), marshaller)
    structured = cloudevents.from_json(cloudevents.to_json(sent))
    (binary,) = cloudevents.from_http(*cloudevents.to_http(sent))

    for received in (structured, binary):
        assert received.attributes.content_type == marshaller.content_type
        assert unmarshalled(received, marshaller).data == order


def test_data_of_another_kind_is_refused(kind: Kind) -> None:
    told = Attributes(type="order.placed", source="shop", content_type="application/json")
    looks_like_protobuf = " " + 31 * "x"  # in quotes: a field with number 4 and 32 bytes

    with pytest.raises(InvalidMessage):
        unmarshalled(Message(looks_like_protobuf, told), knows_orders(kind))


def test_an_order_of_no_bytes_is_one_with_defaults_only() -> None:
    """HTTP cannot tell it from no data at all; JSON never has no bytes."""
    marshaller = knows_orders(PROTOBUF)
    placed = Message(PROTOBUF.placed(), Attributes(id="1", type="order.placed", source="/desk"))

    headers, body = cloudevents.to_http(marshalled(placed, marshaller))
    (arrived,) = cloudevents.from_http(headers, body)

    assert unmarshalled(arrived, marshaller).data == PROTOBUF.placed()
