"""Ports: what the steps need from external systems. Real and in-memory adapters implement them.

Methods raise only `Rejected` or `Unavailable`, unless documented otherwise. Deleting or untagging
something that does not exist succeeds. `rehearsal` is True for an in-memory adapter.
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
"""Takes one line without its newline, which must not contain secrets."""
Stop = Callable[[], bool]
"""Polled every few seconds by long operations; True ends them with Rejected("cancelled")."""


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
        """Yield every key under the prefix with its last modification time."""
        ...

    def delete(self, prefix: str) -> None:
        """Delete every object under the prefix, with all its versions."""
        ...


class SourceFetcher(Protocol):
    """Fetches a source (as in the request) into an empty folder, unpacked and within limits."""

    def fetch(self, source: Mapping[str, Any], into: Path) -> str:
        """Return what was fetched, for display: a commit, an object version, a checksum."""
        ...


DOCKERFILE = ".slipway.Dockerfile"
"""The Dockerfile's name in the build context; does not collide with the source's own."""

BuildContext = Callable[[Path, str, str], AbstractContextManager[Path]]
"""(folder, Dockerfile, .dockerignore) → a tar file that exists within the `with` block."""


@dataclass(frozen=True)
class Build:
    """`context` is a tar file. `labels` are also in the text. `bases` are its external FROM images.

    `repository` is the push target: an engine without an image store keeps the image there.
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
    """`repr` never shows the secrets. `identity_token`, if given, replaces the password."""

    username: str
    password: str = field(repr=False)
    identity_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Labelled:
    """A resource with its labels. `created_at` is None if it cannot be known."""

    kind: str
    name: str
    labels: Mapping[str, str]
    created_at: datetime | None


class Engine(Protocol):
    """A Docker Engine. Images are named by id (`sha256:…`) or by reference (`host/repo:tag`)."""

    rehearsal: bool

    def build(self, build: Build, log: Log, stop: Stop) -> str | None:
        """Build and return the image's id; None if the build continues outside: poll `built`.

        An outside build is started only once per workflow. Raises Rejected: build_failed (a RUN
        failed), onbuild_base (before anything is built), build_timeout (after `timeout_s`, when the
        engine's build is stopped).
        """
        ...

    def built(self, workflow_id: str, log: Log) -> str | None:
        """Return an outside build's image id; None while it runs. Raises and logs like `build`."""
        ...

    def image_at(self, reference: str) -> str | None:
        """Return the id of the image that a reference or id names; None if it does not exist."""
        ...

    def tag(self, image_id: str, reference: str) -> None: ...
    def untag(self, reference: str) -> None:
        """Remove a tag; no effect on the last tag of an image that a container uses."""
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

        `image_id` is the image to push, for an engine that stores no tags before a push.
        """
        ...

    def made_by(self, workflow_id: str, built: str | None = None) -> Sequence[Made]:
        """Return the workflow's containers and images, also intermediate and dangling, with uses.

        `built` is the result of its build. What was created from that counts as a use by others,
        as does a tag.
        """
        ...

    def remove_made_by(self, workflow_id: str, built: str | None = None) -> None:
        """Remove everything that `made_by` returns, except what others use."""
        ...

    def remove_stages(self, workflow_id: str, built: str) -> None:
        """Remove the workflow's images that are not ancestors of `built` and not in use."""
        ...

    def managed(self) -> Sequence[Labelled]:
        """Return all labelled containers and images, of every workflow and installation."""
        ...


class Registry(Protocol):
    """The registry that images are pushed to, over its HTTP API."""

    rehearsal: bool

    def digest(self, reference: str) -> str | None:
        """Return the digest of a tag or digest reference; None if the registry has none."""
        ...

    def tags(self, repository: str) -> Sequence[str]:
        """`repository` is `host[:port]/name`. Empty if it does not exist."""
        ...

    def labels(self, repository: str, digest: str) -> Mapping[str, str]:
        """Return the labels in the image's config; empty if there is no such manifest."""
        ...

    def set_tag(self, reference: str, digest: str) -> None:
        """Point a tag at a manifest that the same repository holds."""
        ...

    def delete(self, repository: str, digest: str) -> None:
        """Delete the manifest and with it every tag that names it."""
        ...

    def repositories(self, prefix: str) -> Sequence[str]:
        """Return those whose `host[:port]/name` has this prefix; empty without a catalog API."""
        ...

    def built_at(self, repository: str, digest: str) -> datetime | None:
        """Return the creation time in the image's config; None if image or time is missing."""
        ...

    def requires_credentials(self, repository: str) -> bool:
        """Whether an anonymous pull from this registry is refused."""
        ...


class CredentialStore(Protocol):
    """Registry logins: Docker's config.json and helpers locally; a secret or ECR token on AWS."""

    def for_repository(self, repository: str) -> Credentials | None: ...
