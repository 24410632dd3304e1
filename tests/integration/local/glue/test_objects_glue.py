"""S3: listings while others put and delete, and pages of versions."""

import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from slipway_local.glue.objects_lock import objects_lock

BUCKET = "shelf"
ROUNDS = 60


@pytest.fixture
def s3(bare_moto: None) -> Iterator[Any]:  # noqa: ARG001  (moto runs as long as this)
    client = boto3.client("s3", "us-east-1")
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    with objects_lock():
        yield client


def wipe(s3: Any, prefix: str) -> None:
    """As a workspace does: every version of every key below."""
    found = s3.list_object_versions(Bucket=BUCKET, Prefix=prefix)
    for each in [*found.get("Versions", ()), *found.get("DeleteMarkers", ())]:
        s3.delete_object(Bucket=BUCKET, Key=each["Key"], VersionId=each["VersionId"])


def test_who_lists_a_prefix_is_not_disturbed_by_whoever_empties_another(s3: Any) -> None:
    failures: list[BaseException] = []

    def come_and_go(prefix: str) -> None:
        try:
            for number in range(ROUNDS):
                s3.put_object(Bucket=BUCKET, Key=f"{prefix}/{number}", Body=b"x")
                wipe(s3, f"{prefix}/")
        except Exception as error:  # noqa: BLE001  (of a thread: told below)
            failures.append(error)

    threads = [threading.Thread(target=come_and_go, args=(name,)) for name in "abcdef"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert failures == []
    assert "Versions" not in s3.list_object_versions(Bucket=BUCKET)


def test_pages_of_versions_are_those_of_the_prefix(s3: Any) -> None:
    for key in ("a/1", "a/1", "a/2", "b/1"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")

    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=BUCKET, Prefix="a/", PaginationConfig={"PageSize": 2}
    )

    assert [[each["Key"] for each in page["Versions"]] for page in pages] == [
        ["a/1", "a/1"],
        ["a/2"],
    ]
