"""Names and ARNs of resources in the local account."""

from collections.abc import Mapping
from typing import Any

ACCOUNT = "123456789012"
REGION = "eu-central-1"
"""Not us-east-1, where botocore still signs S3 URLs with Signature Version 2."""
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::StackName": "slipway",
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/slipway/local",
    "AWS::URLSuffix": "amazonaws.com",
}
_NAMES = {
    "AWS::Serverless::Function": "FunctionName",
    "AWS::Serverless::StateMachine": "Name",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::CodeBuild::Project": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
}
_ARNS = {
    "AWS::Serverless::Function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "AWS::Serverless::StateMachine": "arn:aws:states:{region}:{account}:stateMachine:{name}",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "AWS::Events::EventBus": "arn:aws:events:{region}:{account}:event-bus/{name}",
    "AWS::Events::Rule": "arn:aws:events:{region}:{account}:rule/{name}",
    "AWS::CodeBuild::Project": "arn:aws:codebuild:{region}:{account}:project/{name}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}:*",
}
_REF_IS_ARN = ("AWS::Serverless::StateMachine",)


def name(logical_id: str, resource: Mapping[str, Any]) -> str:
    """Return the physical name; `resource` has its naming properties resolved."""
    kind = resource["Type"]
    given = resource.get("Properties", {}).get(_NAMES.get(kind, ""))
    if given:
        return str(given)
    return f"slipway-{logical_id.lower()}" if kind == "AWS::S3::Bucket" else logical_id


def arn(logical_id: str, resource: Mapping[str, Any]) -> str:
    pattern = _ARNS.get(resource["Type"], "arn:aws:unknown:{region}:{account}:{name}")
    return pattern.format(region=REGION, account=ACCOUNT, name=name(logical_id, resource))


def ref(logical_id: str, resource: Mapping[str, Any]) -> str:
    if resource["Type"] == "AWS::SQS::Queue":
        return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name(logical_id, resource)}"
    if resource["Type"] in _REF_IS_ARN:
        return arn(logical_id, resource)
    return name(logical_id, resource)


def attribute(logical_id: str, resource: Mapping[str, Any], wanted: str) -> str:
    if wanted in ("Name", "QueueName"):
        return name(logical_id, resource)
    if wanted == "StreamArn":
        return f"{arn(logical_id, resource)}/stream/local"
    return arn(logical_id, resource)
