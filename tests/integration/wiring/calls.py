"""A call of an AWS API, as the requests that IAM is asked about."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.integration.wiring.deployed import MACHINE

from slipway_local.template import arns

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """`action` as in a policy; `context` is the condition key that the call brings along."""

    action: str
    resource: str
    context: tuple[str, str] | None = None


def requests(service: str, operation: str, given: Parameters) -> Iterator[Request]:
    """Raises LookupError for a service that no function of ours calls so far."""
    yield from _SERVICES[service](operation, given)


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{arns.REGION}:{arns.ACCOUNT}:{resource}"


def _table(given: Parameters) -> str:
    index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
    return _arn("dynamodb", f"table/{given['TableName']}{index}")


def _dynamodb(operation: str, given: Parameters) -> Iterator[Request]:
    if operation == "TransactWriteItems":
        inside = ("dynamodb:EnclosingOperation", operation)
        for item in given["TransactItems"]:
            ((kind, what),) = item.items()
            name = "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
            yield Request(f"dynamodb:{name}", _table(what), inside)
    elif operation in {"BatchWriteItem", "BatchGetItem"}:
        for table in given["RequestItems"]:
            yield Request(f"dynamodb:{operation}", _arn("dynamodb", f"table/{table}"))
    else:
        yield Request(f"dynamodb:{operation}", _table(given), _leading_key(given))


def _leading_key(given: Parameters) -> tuple[str, str] | None:
    item = given.get("Item") or given.get("Key")
    return ("dynamodb:LeadingKeys", item["pk"]["S"]) if item else None


_OBJECT_ACTIONS = {
    "PutObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "AbortMultipartUpload": "AbortMultipartUpload",
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "DeleteObject": "DeleteObject",
}
_BUCKET_ACTIONS = {"ListObjectsV2": "ListBucket", "ListObjectVersions": "ListBucketVersions"}


def _s3(operation: str, given: Parameters) -> Iterator[Request]:
    bucket = f"arn:aws:s3:::{given['Bucket']}"
    if operation in _BUCKET_ACTIONS:
        context = ("s3:prefix", given.get("Prefix", ""))
        yield Request(f"s3:{_BUCKET_ACTIONS[operation]}", bucket, context)
    elif operation == "DeleteObjects":
        for each in given["Delete"]["Objects"]:
            version = "Version" if each.get("VersionId") else ""
            yield Request(f"s3:DeleteObject{version}", f"{bucket}/{each['Key']}")
    else:
        action = _OBJECT_ACTIONS[operation]
        version = "Version" if given.get("VersionId") else ""
        yield Request(f"s3:{action}{version}", f"{bucket}/{given['Key']}")
        if "Tagging" in given:
            yield Request("s3:PutObjectTagging", f"{bucket}/{given['Key']}")


def _stepfunctions(operation: str, given: Parameters) -> Iterator[Request]:
    """A task is answered by its token: IAM asks for the machine that it belongs to."""
    machine = _arn("states", f"stateMachine:{MACHINE}")
    yield Request(f"states:{operation}", given.get("executionArn", machine))


def _events(operation: str, given: Parameters) -> Iterator[Request]:
    for entry in given["Entries"]:
        bus = entry.get("EventBusName", "default")
        yield Request(f"events:{operation}", _arn("events", f"event-bus/{bus}"))


def _sqs(operation: str, given: Parameters) -> Iterator[Request]:
    batched = operation.replace("Batch", "")
    yield Request(f"sqs:{batched}", _arn("sqs", given["QueueUrl"].rpartition("/")[2]))


def _dynamodbstreams(operation: str, given: Parameters) -> Iterator[Request]:
    """An iterator begins with the stream that it goes through; the local stack names it so."""
    stream = given.get("StreamArn") or given["ShardIterator"].partition("|")[0]
    table = stream.partition("/stream/")[0]
    yield Request(f"dynamodb:{operation}", f"{table}/stream/local")


def _codebuild(operation: str, given: Parameters) -> Iterator[Request]:
    """A build's id begins with the name of its project."""
    named = given.get("projectName") or given.get("id") or given["ids"][0]
    project = named.partition(":")[0]
    yield Request(f"codebuild:{operation}", _arn("codebuild", f"project/{project}"))


def _logs(operation: str, given: Parameters) -> Iterator[Request]:
    yield Request(f"logs:{operation}", _arn("logs", f"log-group:{given['logGroupName']}:*"))


def _secretsmanager(operation: str, given: Parameters) -> Iterator[Request]:
    yield Request(f"secretsmanager:{operation}", given["SecretId"])


def _eks(operation: str, given: Parameters) -> Iterator[Request]:
    yield Request(f"eks:{operation}", _arn("eks", f"cluster/{given['name']}"))


def _ecr(operation: str, _given: Parameters) -> Iterator[Request]:
    """Logins. What is done with one, goes over HTTP."""
    yield Request(f"ecr:{operation}", "*")


def _sts(_operation: str, _given: Parameters) -> Iterator[Request]:
    """Whoever has credentials may ask whose they are."""
    yield from ()


_SERVICES: Mapping[str, Callable[[str, Parameters], Iterator[Request]]] = {
    "dynamodb": _dynamodb,
    "s3": _s3,
    "stepfunctions": _stepfunctions,
    "events": _events,
    "sqs": _sqs,
    "dynamodbstreams": _dynamodbstreams,
    "codebuild": _codebuild,
    "logs": _logs,
    "secretsmanager": _secretsmanager,
    "eks": _eks,
    "ecr": _ecr,
    "sts": _sts,
}
