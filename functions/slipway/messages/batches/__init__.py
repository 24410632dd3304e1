"""Serve Lambda batches: each record is a message; the response names those to redeliver.

The event source needs `FunctionResponseTypes: [ReportBatchItemFailures]`.
"""

from slipway.messages.batches.lanes import in_order
from slipway.messages.batches.queue import serve_sqs
from slipway.messages.batches.streams import serve_dynamodb, serve_kinesis

__all__ = ["in_order", "serve_dynamodb", "serve_kinesis", "serve_sqs"]
