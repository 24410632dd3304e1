"""Batches that Lambda is given: each record a message, answered with what has to come again.

The event source needs `FunctionResponseTypes: [ReportBatchItemFailures]`.
"""

from slipway.messages.batches.lanes import in_order
from slipway.messages.batches.queue import serve_sqs
from slipway.messages.batches.streams import serve_dynamodb, serve_kinesis

__all__ = ["in_order", "serve_dynamodb", "serve_kinesis", "serve_sqs"]
