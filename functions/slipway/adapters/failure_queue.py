"""The failure queue: what is set aside there, and what its messages about the stream stand for."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from slipway.adapters.aws_errors import Refusal, aws_errors
from slipway.adapters.dynamodb_items import is_workflow, key, workflow_id_of
from slipway.cqrs.undelivered import Aside, Positions

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

_GONE = Refusal(
    "positions_gone",
    "the stream keeps its records for a day",
    "`slipway rebuild` for the read table; `slipway replay ID` for a workflow that stands still",
)


def aside_in(client: "SQSClient", queue_url: str) -> Aside:
    def aside(partition: str, error: Exception) -> None:
        """The error by its kind only: what it says may repeat what users wrote."""
        workflow_id = workflow_id_of(key(partition, ""))
        told = {"workflow_id": workflow_id, "error": type(error).__name__}
        with aws_errors("set a workflow aside"):
            client.send_message(QueueUrl=queue_url, MessageBody=json.dumps(told))

    return aside


class DynamoDbStreamPositions:
    """Implements `slipway.cqrs.undelivered.StreamPositions`. `client` is of DynamoDB Streams."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def workflows(self, positions: Positions) -> Sequence[str]:
        found: dict[str, None] = {}
        with aws_errors("read the stream", {"TrimmedDataAccessException": _GONE}):
            at = self._client.get_shard_iterator(
                StreamArn=positions.stream,
                ShardId=positions.shard,
                ShardIteratorType="AT_SEQUENCE_NUMBER",
                SequenceNumber=positions.first,
            )["ShardIterator"]
            while at:
                answer = self._client.get_records(ShardIterator=at)
                for record in answer["Records"]:
                    change = record["dynamodb"]
                    if is_workflow(change["Keys"]):
                        found[workflow_id_of(change["Keys"])] = None
                    if change["SequenceNumber"] == positions.last:
                        return list(found)
                at = answer.get("NextShardIterator") if answer["Records"] else None
        return list(found)
