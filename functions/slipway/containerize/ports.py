"""What the steps need from the outside world. Adapters and stand-ins implement these.

Every method raises `Rejected` or `Unavailable` and nothing else, unless it says so. To delete or
untag what is not there is a success. `rehearsal` is true for a stand-in in memory.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from slipway.containerize.cluster_port import Cluster, Manifest, ObjectRef, Probe, Rollout
from slipway.containerize.engine_images import BaseImage, Made

__all__ = [
    "DOCKERFILE",
    "Build",
    "BuildContext",
    "Cluster",
    "CredentialStore",
    "Credentials",
    "Engine",
    "Labelled",
    "Log",
    "Manifest",
    "ObjectRef",
    "Probe",
    "Registry",
    "Rollout",
    "SourceFetcher",
    "Stop",
    "Workspace",
]


Log = Callable[[str], None]
"""Takes one line, without its line end. Secrets never pass through it."""
Stop = Callable[[], bool]
"""Asked every few seconds by long operations; true ends them with Rejected("cancelled")."""


class Workspace(Protocol):
    """The objects of workflows, by key: `workflows/<id>/<step>/<name>` and `uploads/<id>`."""

    def put(self, key: str, body: bytes | Path, content_type: str = ...) -> None: ...
    def get(self, key: str) -> bytes:
        """Raises Rejected("no_such_object")."""
        ...

    def download(self, key: str, to: Path, limit_bytes: int) -> None:
        """Raises Rejected("no_such_object") or Rejected("source_too_large")."""
        ...

    def keys(self, prefix: str) -> Iterator[str]: ...
    def modified(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """Every key under the prefix with the time of its last change."""
        ...

    def delete(self, prefix: str) -> None:
        """Every object under the prefix, all versions of it."""
        ...


class SourceFetcher(Protocol):
    """Brings a source (as in the request) into an empty folder, unpacked and within limits."""

    def fetch(self, source: Mapping[str, Any], into: Path) -> str:
        """Answers what was fetched, for people: a commit, an object version, a checksum."""
        ...


DOCKERFILE = ".slipway.Dockerfile"
"""The Dockerfile's name in the build context: no file of the source is in its way."""

BuildContext = Callable[[Path, str, str], AbstractContextManager[Path]]
"""(folder, Dockerfile, .dockerignore) → a tar file that exists within the `with` block."""


@dataclass(frozen=True)
class Build:
    """`context` is a tar file. `labels` are also in the text. `bases` are what its FROMs name.

    `repository` is where it will be pushed: an engine without an image store keeps it there.
    """

    context: Path
    dockerfile: str
    labels: Mapping[str, str]
    args: Mapping[str, str] = field(default_factory=dict)
    network: str | None = None
    timeout_s: int = 900
    bases: Sequence[BaseImage] = ()
    repository: str | None = None


@dataclass(frozen=True)
class Credentials:
    """`repr` never shows the password. `identity_token` is used instead of it when given."""

    username: str
    password: str = field(repr=False)
    identity_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Labelled:
    """A thing with its labels. `created_at` None: it cannot be known."""

    kind: str
    name: str
    labels: Mapping[str, str]
    created_at: datetime | None


class Engine(Protocol):
    """A Docker Engine. Images are named by id (`sha256:…`) or by reference (`host/repo:tag`)."""

    rehearsal: bool

    def build(self, build: Build, log: Log, stop: Stop) -> str | None:
        """Build and answer the image's id. A failed RUN is Rejected("build_failed").

        A base with ONBUILD is Rejected("onbuild_base") before anything is built.
        Within `timeout_s`, or Rejected("build_timeout"); the engine's own build is ended then.
        None: the build goes on without the caller, who asks `built`. Begun twice is begun once.
        """
        ...

    def built(self, workflow_id: str, log: Log) -> str | None:
        """What became of a build outside; None while it runs. Raises and logs as `build` does."""
        ...

    def image_at(self, reference: str) -> str | None:
        """The id of the image behind a reference or id, None when there is none."""
        ...

    def tag(self, image_id: str, reference: str) -> None: ...
    def untag(self, reference: str) -> None:
        """No effect on the only name of an image that a container uses."""
        ...

    def push(
        self,
        reference: str,
        credentials: Credentials | None,
        log: Log,
        stop: Stop,
        image_id: str | None = None,
    ) -> None:
        """Raises Rejected("registry_denied") for wrong credentials; never hangs.

        `image_id`: what the reference names, for an engine that keeps no names before a push.
        """
        ...

    def made_by(self, workflow_id: str, built: str | None = None) -> Sequence[Made]:
        """Its containers and images, intermediate and dangling ones too, and who uses them.

        `built`: what its build produced. What was made of that is somebody else's, as is a tag.
        """
        ...

    def remove_made_by(self, workflow_id: str, built: str | None = None) -> None:
        """All of `made_by` but what somebody else uses."""
        ...

    def remove_stages(self, workflow_id: str, built: str) -> None:
        """Its images that neither `built` stands on nor anybody uses."""
        ...

    def managed(self) -> Sequence[Labelled]:
        """Containers and images of every workflow of every Slipway, by label."""
        ...


class Registry(Protocol):
    """The registry that images are pushed to, over its HTTP API."""

    rehearsal: bool

    def digest(self, reference: str) -> str | None:
        """The digest that a tag or digest reference has in the registry; None: not there."""
        ...

    def tags(self, repository: str) -> Sequence[str]:
        """`repository` is `host[:port]/name`. Empty for one that is not there."""
        ...

    def labels(self, repository: str, digest: str) -> Mapping[str, str]:
        """The labels in the image's config; empty when there is no such manifest."""
        ...

    def set_tag(self, reference: str, digest: str) -> None:
        """Point a tag at a manifest that the same repository holds."""
        ...

    def delete(self, repository: str, digest: str) -> None:
        """Drops the manifest and with it every tag that names it."""
        ...

    def repositories(self, prefix: str) -> Sequence[str]:
        """Those whose `host[:port]/name` begins with it; empty where a registry has no catalog."""
        ...

    def built_at(self, repository: str, digest: str) -> datetime | None:
        """When the image was built, as its config says; None: not there, or not said."""
        ...

    def requires_credentials(self, repository: str) -> bool:
        """Whether an anonymous pull from this registry is refused."""
        ...


class CredentialStore(Protocol):
    """Docker's own config.json and its helpers locally; a secret or ECR's token on AWS."""

    def for_repository(self, repository: str) -> Credentials | None: ...
