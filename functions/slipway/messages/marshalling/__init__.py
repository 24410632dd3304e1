"""Marshallers: objects to bytes and back, under names that survive moving a class."""

from slipway.messages.marshalling.json_marshaller import JsonMarshaller
from slipway.messages.marshalling.marshaller import Marshaller, marshalled, unmarshalled
from slipway.messages.marshalling.protobuf_marshaller import ProtobufMarshaller

__all__ = ["JsonMarshaller", "Marshaller", "ProtobufMarshaller", "marshalled", "unmarshalled"]
