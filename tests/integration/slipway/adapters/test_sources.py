"""A source comes from an upload or from a user's bucket, or its absence is explained."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from slipway.adapters.s3_workspace import S3Workspace
from slipway.adapters.sources import Sources
from slipway.containerize.archive import ArchiveLimits, pack
from slipway.saga.errors import Rejected

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

UPLOAD = {"upload_id": "up_abcdefgh"}


class KnownCommit:
    def fetch(self, git: Mapping[str, Any], into: Path) -> str:
        (into / "app.py").write_text(str(git["url"]))
        return "1a2b3c"


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    with mock_aws():
        client = boto3.client("s3", "us-east-1")
        for bucket in ("work", "annas-bucket"):
            client.create_bucket(Bucket=bucket)
            client.put_bucket_versioning(
                Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
            )
        yield client


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "app.py").write_text("print('shop')")
    pack(tmp_path / "shop", tmp_path / "shop.tar.gz")
    return (tmp_path / "shop.tar.gz").read_bytes()


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "room").mkdir()
    return tmp_path / "room"


def sources(s3: "S3Client", **limits: int) -> Sources:
    return Sources(S3Workspace(s3, "work"), s3, "work", KnownCommit(), ArchiveLimits(**limits))


def test_an_upload_is_unpacked_and_named_by_its_checksum(
    s3: "S3Client", archive: bytes, room: Path
) -> None:
    s3.put_object(Bucket="work", Key="uploads/up_abcdefgh", Body=archive)

    assert sources(s3).fetch(UPLOAD, room).startswith("sha256:")
    assert (room / "app.py").exists()


def test_an_upload_that_never_came_is_told_with_the_way_to_do_it(
    s3: "S3Client", room: Path
) -> None:
    with pytest.raises(Rejected) as refused:
        sources(s3).fetch(UPLOAD, room)

    assert refused.value.code == "upload_not_found"
    assert refused.value.fix


def test_an_upload_over_the_limit_is_refused(s3: "S3Client", archive: bytes, room: Path) -> None:
    s3.put_object(Bucket="work", Key="uploads/up_abcdefgh", Body=archive)
    with pytest.raises(Rejected) as refused:
        sources(s3, archive_bytes=10).fetch(UPLOAD, room)

    assert refused.value.code == "source_too_large"


def test_an_older_version_of_annas_archive_can_be_asked_for(
    s3: "S3Client", archive: bytes, room: Path
) -> None:
    old = s3.put_object(Bucket="annas-bucket", Key="shop.tgz", Body=archive)["VersionId"]
    s3.put_object(Bucket="annas-bucket", Key="shop.tgz", Body=b"no archive")
    source = {"s3": {"bucket": "annas-bucket", "key": "shop.tgz", "version_id": old}}

    assert sources(s3).fetch(source, room) == f"version {old}"
    assert (room / "app.py").exists()


@pytest.mark.parametrize(
    "place",
    [
        {"bucket": "annas-bucket", "key": "ship.tgz"},
        {"bucket": "bertas-bucket", "key": "shop.tgz"},
        {"bucket": "annas-bucket", "key": "shop.tgz", "version_id": "00000000"},
    ],
)
def test_what_is_not_in_the_bucket_is_named(
    s3: "S3Client", archive: bytes, room: Path, place: dict[str, str]
) -> None:
    s3.put_object(Bucket="annas-bucket", Key="shop.tgz", Body=archive)
    with pytest.raises(Rejected, match=place["bucket"]) as refused:
        sources(s3).fetch({"s3": place}, room)

    assert refused.value.code == "source_not_found"


def test_a_bucket_that_refuses_is_told_with_the_policy_to_change(
    s3: "S3Client", room: Path
) -> None:
    def deny(**_: object) -> None:
        told = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
        raise ClientError(told, "GetObject")  # type: ignore[arg-type]

    s3.meta.events.register("before-call.s3.GetObject", deny)
    with pytest.raises(Rejected) as refused:
        sources(s3).fetch({"s3": {"bucket": "annas-bucket", "key": "shop.tgz"}}, room)

    assert refused.value.code == "source_denied"
    assert "bucket policy of annas-bucket" in (refused.value.fix or "")


@pytest.mark.parametrize("key", ["workflows/wf_x/analyze_repository/source.tar.gz", "uploads/up_x"])
def test_the_systems_own_bucket_is_no_source_whatever_lies_there(
    s3: "S3Client", archive: bytes, room: Path, key: str
) -> None:
    s3.put_object(Bucket="work", Key=key, Body=archive)
    with pytest.raises(Rejected, match="source_denied") as refused:
        sources(s3).fetch({"s3": {"bucket": "work", "key": key}}, room)

    assert "source.upload_id" in (refused.value.fix or "")
    assert list(room.iterdir()) == []


def test_a_git_source_is_named_by_its_commit(s3: "S3Client", room: Path) -> None:
    source = {"git": {"url": "https://git.example/shop.git"}}

    assert sources(s3).fetch(source, room) == "commit 1a2b3c"
