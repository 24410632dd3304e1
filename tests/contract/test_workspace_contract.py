"""Both workspaces keep the same promises: the one in memory, and S3's on moto."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from slipway.adapters.memory.workspace import MemoryWorkspace
from slipway.adapters.s3_workspace import S3Workspace
from slipway.containerize.ports import Workspace
from slipway.saga.errors import Rejected


@pytest.fixture(params=["memory", "s3"])
def workspace(request: pytest.FixtureRequest) -> Iterator[Workspace]:
    if request.param == "memory":
        yield MemoryWorkspace()
        return
    with mock_aws():
        client = boto3.client("s3", "us-east-1")
        client.create_bucket(Bucket="work")
        client.put_bucket_versioning(Bucket="work", VersioningConfiguration={"Status": "Enabled"})
        yield S3Workspace(client, "work")


def test_what_a_step_puts_the_next_one_gets(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"line\n" * 1000)
    workspace.put("workflows/wf_1/build/Dockerfile", b"FROM scratch", "text/plain")
    workspace.put("workflows/wf_1/build/log", tmp_path / "log")

    assert workspace.get("workflows/wf_1/build/Dockerfile") == b"FROM scratch"
    assert workspace.get("workflows/wf_1/build/log") == b"line\n" * 1000


def test_what_was_never_put_is_named_in_the_refusal(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="workflows/wf_1/nothing") as getting:
        workspace.get("workflows/wf_1/nothing")
    with pytest.raises(Rejected) as downloading:
        workspace.download("workflows/wf_1/nothing", tmp_path / "file", 10)

    assert getting.value.code == downloading.value.code == "no_such_object"
    assert not (tmp_path / "file").exists()


def test_a_download_within_its_limit_arrives_whole(workspace: Workspace, tmp_path: Path) -> None:
    workspace.put("uploads/up_1", b"x" * 10)
    workspace.download("uploads/up_1", tmp_path / "file", 10)

    assert (tmp_path / "file").read_bytes() == b"x" * 10


def test_a_download_over_its_limit_leaves_no_file(workspace: Workspace, tmp_path: Path) -> None:
    workspace.put("uploads/up_1", b"x" * 11)

    with pytest.raises(Rejected) as refusal:
        workspace.download("uploads/up_1", tmp_path / "file", 10)

    assert refusal.value.code == "source_too_large"
    assert not (tmp_path / "file").exists()


def test_deleting_a_workflow_spares_its_neighbours(workspace: Workspace) -> None:
    for key in ("workflows/wf_1/a", "workflows/wf_1/b/c", "workflows/wf_2/a"):
        workspace.put(key, b"1")
        workspace.put(key, b"2")
    workspace.delete("workflows/wf_1/")
    workspace.delete("workflows/wf_1/")

    assert list(workspace.keys("workflows/")) == ["workflows/wf_2/a"]


def test_every_object_says_when_it_was_changed(workspace: Workspace) -> None:
    began = datetime.now(UTC) - timedelta(seconds=2)  # the service's times are whole seconds
    workspace.put("workflows/wf_1/a/1", b"x")
    workspace.put("workflows/wf_2/a/1", b"x")
    workspace.put("uploads/up_1", b"x")

    found = dict(workspace.modified("workflows/"))

    assert sorted(found) == ["workflows/wf_1/a/1", "workflows/wf_2/a/1"]
    assert all(began <= changed_at for changed_at in found.values())


def test_nobody_deletes_the_whole_workspace_by_an_empty_prefix(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="whole workspace"):
        workspace.delete("")


def test_of_a_deleted_object_no_version_is_left() -> None:
    with mock_aws():
        client = boto3.client("s3", "us-east-1")
        client.create_bucket(Bucket="work")
        client.put_bucket_versioning(Bucket="work", VersioningConfiguration={"Status": "Enabled"})
        workspace = S3Workspace(client, "work")
        for text in (b"1", b"2"):
            workspace.put("workflows/wf_1/a", text)
        client.delete_object(Bucket="work", Key="workflows/wf_1/a")
        workspace.delete("workflows/wf_1/")
        left = set(client.list_object_versions(Bucket="work"))

    assert not left & {"Versions", "DeleteMarkers"}


def test_a_bucket_that_is_not_there_is_named_with_its_setting() -> None:
    with mock_aws():
        workspace = S3Workspace(boto3.client("s3", "us-east-1"), "nowhere")
        with pytest.raises(Rejected) as refusal:
            workspace.get("anything")

    assert refusal.value.code == "no_workspace"
    assert "SLIPWAY_BUCKET" in (refusal.value.fix or "")
