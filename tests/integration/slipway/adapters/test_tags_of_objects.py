"""What a workflow puts into the bucket says whose it is, to whoever looks at the bucket."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from slipway.adapters.s3_workspace import S3Workspace

OURS = [
    {"Key": "slipway.dev/workflow", "Value": "wf_1"},
    {"Key": "slipway.dev/managed-by", "Value": "slipway"},
]


@pytest.fixture
def workspace() -> Iterator[S3Workspace]:
    with mock_aws():
        client = boto3.client("s3", "us-east-1")
        client.create_bucket(Bucket="work")
        yield S3Workspace(client, "work")


def tags_of(key: str) -> object:
    return boto3.client("s3", "us-east-1").get_object_tagging(Bucket="work", Key=key)["TagSet"]


def test_an_object_of_a_workflow_is_tagged_in_one_piece_or_in_many(
    workspace: S3Workspace, tmp_path: Path
) -> None:
    (tmp_path / "large").write_bytes(b"x" * 9 * 1024 * 1024)

    workspace.put("workflows/wf_1/build_image/build.log", b"done")
    workspace.put("workflows/wf_1/analyze_repository/source.tar.gz", tmp_path / "large")

    assert tags_of("workflows/wf_1/build_image/build.log") == OURS
    assert tags_of("workflows/wf_1/analyze_repository/source.tar.gz") == OURS


def test_what_is_no_workflows_has_no_tag(workspace: S3Workspace) -> None:
    workspace.put("uploads/up_1", b"a tar file")

    assert tags_of("uploads/up_1") == []
