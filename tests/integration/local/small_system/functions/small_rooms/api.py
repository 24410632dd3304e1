"""What the routes do."""

import json
import os
from typing import Any

import boto3

from small_rooms.seen import trouble


def write_note(event: dict[str, Any], context: Any) -> dict[str, Any]:
    identifier = event["pathParameters"]["id"]
    boto3.client("dynamodb").put_item(
        TableName=os.environ["SLIPWAY_WRITE_TABLE"],
        Item={"pk": {"S": identifier}, "sk": {"S": "NOTE"}, "text": {"S": event.get("body", "-")}},
    )
    return {
        "statusCode": 202,
        "headers": {"location": f"/notes/{identifier}", "x-request": context.aws_request_id},
        "cookies": ["seen=1"],
        "body": json.dumps({"id": identifier}),
    }


def echo(event: dict[str, Any], context: Any) -> dict[str, Any]:
    trouble("echo")
    print("echo was asked")  # noqa: T201  (a test looks for it in the log)
    return {"event": event, "left_ms": context.get_remaining_time_in_millis()}


def upload(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del event, context
    parameters = {
        "Bucket": os.environ["SLIPWAY_BUCKET"],
        "Key": "uploads/a b",
        "ContentType": "application/gzip",
    }
    s3 = boto3.client("s3")
    get = {key: parameters[key] for key in ("Bucket", "Key")}
    return {
        "put": s3.generate_presigned_url("put_object", parameters, ExpiresIn=60),
        "get": s3.generate_presigned_url("get_object", get, ExpiresIn=60),
        "save": s3.generate_presigned_url(
            "get_object", get | {"ResponseContentDisposition": "attachment"}, ExpiresIn=60
        ),
    }
