"""Where sources are fetched from, and where a workflow's objects are stored."""

from typing import TYPE_CHECKING

from slipway.scopes import provider
from slipway.wiring.installation import client, settings

if TYPE_CHECKING:
    from slipway.containerize.ports import SourceFetcher, Workspace
    from slipway.containerize.snapshots import SnapshotStore
    from slipway.cqrs.transfers import Transfers


@provider
def workspace() -> "Workspace":
    from slipway.adapters.s3_workspace import S3Workspace

    return S3Workspace(client("s3"), settings().bucket)


@provider
def keepsakes() -> "SnapshotStore":
    from slipway.containerize.snapshots import SnapshotStore

    return SnapshotStore(workspace())


@provider
def source() -> "SourceFetcher":
    from slipway.adapters.git_addresses import Reach
    from slipway.adapters.git_source import GitSource
    from slipway.adapters.sources import Sources
    from slipway.containerize.archive.limits import ArchiveLimits

    given = settings()
    limits = ArchiveLimits.of_megabytes(given.source_max_mb)
    own_machine = given.stage == "local"
    git = GitSource(Reach(loopback=own_machine, private=own_machine), limits)
    return Sources(workspace(), client("s3"), given.bucket, git, limits)


@provider
def uploads() -> "Transfers":
    from slipway.adapters.s3_transfers import S3Transfers, signing_client

    return S3Transfers(signing_client(), settings().bucket)
