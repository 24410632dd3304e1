"""Layer 0: messages that are acked or nacked, routed by type, and CloudEvents on every wire.

    router = Router(recover, correlation, deadline, publish=send)

    @router.on("order.placed", OrderPlaced)
    def reserve(message: Message[OrderPlaced]) -> list[Message[StockReserved]]:
        reserved = StockReserved(order_id=message.data.order_id)
        return [message.derive(type="stock.reserved", data=reserved)]

    def handler(batch, _context):  # a Lambda behind a queue
        return serve_sqs(batch, in_order(router.serve))

This package depends on nothing else of Slipway. Names are imported on first access. The modules
`requests`, `commands`, `queries`, `events` and `views` define Slipway's own messages.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slipway.messages.acking import Acking
    from slipway.messages.attributes import Attributes
    from slipway.messages.batches import in_order, serve_dynamodb, serve_kinesis, serve_sqs
    from slipway.messages.errors import (
        AlreadyRegistered,
        DeadlinePassed,
        HeldBack,
        InvalidBatch,
        InvalidMessage,
        MessageError,
        UnknownType,
    )
    from slipway.messages.handler import Handler, Middleware
    from slipway.messages.marshalling import (
        JsonMarshaller,
        Marshaller,
        ProtobufMarshaller,
        marshalled,
        unmarshalled,
    )
    from slipway.messages.message import Message
    from slipway.messages.middleware import (
        correlation,
        deadline,
        recover,
        remaining_s,
        serving,
        with_ids,
    )
    from slipway.messages.router import Router, ignore
    from slipway.messages.validation import validate

_HOMES = {
    "acking": ("Acking",),
    "attributes": ("Attributes",),
    "batches": ("in_order", "serve_dynamodb", "serve_kinesis", "serve_sqs"),
    "errors": (
        "AlreadyRegistered",
        "DeadlinePassed",
        "HeldBack",
        "InvalidBatch",
        "InvalidMessage",
        "MessageError",
        "UnknownType",
    ),
    "handler": ("Handler", "Middleware"),
    "marshalling": (
        "JsonMarshaller",
        "Marshaller",
        "ProtobufMarshaller",
        "marshalled",
        "unmarshalled",
    ),
    "message": ("Message",),
    "middleware": ("correlation", "deadline", "recover", "remaining_s", "serving", "with_ids"),
    "router": ("Router", "ignore"),
    "validation": ("validate",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


__all__ = [
    "Acking",
    "AlreadyRegistered",
    "Attributes",
    "DeadlinePassed",
    "Handler",
    "HeldBack",
    "InvalidBatch",
    "InvalidMessage",
    "JsonMarshaller",
    "Marshaller",
    "Message",
    "MessageError",
    "Middleware",
    "ProtobufMarshaller",
    "Router",
    "UnknownType",
    "correlation",
    "deadline",
    "ignore",
    "in_order",
    "marshalled",
    "recover",
    "remaining_s",
    "serve_dynamodb",
    "serve_kinesis",
    "serve_sqs",
    "serving",
    "unmarshalled",
    "validate",
    "with_ids",
]
