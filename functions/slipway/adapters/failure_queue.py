"""The failure queue (dead letters): its own messages, and stream positions sent to it."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from slipway.adapters.aws_errors import Refusal, aws_errors
from slipway.cqrs.dead_letters import DeadLetters, Positions, Subject
from slipway.saga.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

_PAGES = 100
"""Pages may be empty anywhere in a shard, and the records sought may follow them."""
_GONE = Refusal(
    "positions_gone",
    "the stream keeps its records for a day",
    "`slipway rebuild` for the read table; `slipway replay ID` for a stalled workflow",
)


def dead_letters_in(client: "SQSClient", queue_url: str) -> DeadLetters:
    def aside(subject: Subject, error: Exception) -> None:
        """Record only the error's type, as its message may contain user input."""
        body = {**_named(subject), "error": type(error).__name__}
        with aws_errors("dead-letter a workflow"):
            client.send_message(QueueUrl=queue_url, MessageBody=json.dumps(body))

    return aside


def subject_in(body: Mapping[str, Any]) -> Subject | None:
    """Return the subject that this message dead-letters, None for another message."""
    if "workflow_id" in body:
        return Subject("workflow", body["workflow_id"])
    return Subject(body["kind"], body["subject"]) if "subject" in body else None


def _named(subject: Subject) -> Mapping[str, str]:
    """Name a workflow as commands do, so that an operator can also replay it by hand."""
    if subject.kind == "workflow":
        return {"workflow_id": subject.name}
    return {"kind": subject.kind, "subject": subject.name}


class DynamoDbStreamPositions:
    """Implements `slipway.cqrs.dead_letters.StreamPositions` with a DynamoDB Streams client."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def subjects(self, positions: Positions) -> Sequence[Subject]:
        """Return every subject in the range; one left out would be lost with the message."""
        found: dict[Subject, None] = {}
        with aws_errors("read the stream", {"TrimmedDataAccessException": _GONE}):
            at = self._first(positions)
            for _ in range(_PAGES):
                answer = self._client.get_records(ShardIterator=at)
                for record in answer["Records"]:
                    change = record["dynamodb"]
                    if subject := Subject.of(change["Keys"]["pk"]["S"]):
                        found[subject] = None
                    if change["SequenceNumber"] == positions.last:
                        return list(found)
                at = answer.get("NextShardIterator")
                if at is None:
                    break
        raise Unavailable(
            "positions_unread", f"the stream did not reach {positions.last} in {positions.shard}"
        )

    def _first(self, positions: Positions) -> str | None:
        answer = self._client.get_shard_iterator(
            StreamArn=positions.stream,
            ShardId=positions.shard,
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=positions.first,
        )
        return str(answer["ShardIterator"])
