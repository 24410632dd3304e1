"""The registry port over the HTTP API (version 2) of the distribution specification."""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import requests

from slipway.adapters.anonymous import Anonymous
from slipway.adapters.registry_errors import (
    FORBIDDEN,
    NOT_ALLOWED,
    NOT_FOUND,
    UNAUTHORIZED,
    delete_disabled,
)
from slipway.adapters.registry_lists import document, entries
from slipway.adapters.registry_requests import RegistryRequests
from slipway.containerize.ports import CredentialStore
from slipway.containerize.reference import Reference, parse
from slipway.saga.errors import Rejected, StepError

_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
# Without these the registry converts manifests to an older format, with another digest.
ACCEPT = {
    "Accept": ", ".join(
        (
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.oci.image.manifest.v1+json",
            *_INDEXES,
        )
    )
}
_PAGE = 500
_NO_CATALOG = {UNAUTHORIZED, FORBIDDEN, NOT_FOUND, NOT_ALLOWED}
_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


class HttpRegistry:
    """Uses HTTPS, except for loopback and the hosts in `plain_http`."""

    rehearsal = False

    def __init__(
        self, credentials: CredentialStore | None = None, plain_http: Collection[str] = ()
    ) -> None:
        self._requests = RegistryRequests(credentials or Anonymous(), plain_http)
        self._anonymous = RegistryRequests(Anonymous(), plain_http)

    def close(self) -> None:
        self._requests.close()
        self._anonymous.close()

    def digest(self, reference: str) -> str | None:
        name = parse(reference)
        path = f"manifests/{name.tag_or_digest}"
        response = self._requests.ask(name, "HEAD", path, headers=ACCEPT, allow={NOT_FOUND})
        if response.status_code == NOT_FOUND:
            return None
        if known := response.headers.get("Docker-Content-Digest"):
            return known
        return _sha256(self._requests.ask(name, "GET", path, headers=ACCEPT).content)

    def tags(self, repository: str) -> Sequence[str]:
        name = parse(repository)

        def ask(query: str | None) -> requests.Response:
            path = f"tags/list?{query}" if query else "tags/list"
            return self._requests.send(name, "GET", path)

        return entries(name.registry_host, "tags", ask, absent={NOT_FOUND})

    def labels(self, repository: str, digest: str) -> Mapping[str, str]:
        """For a multi-platform image, return the labels of the first platform."""
        return (self._config(parse(repository), digest).get("config") or {}).get("Labels") or {}

    def built_at(self, repository: str, digest: str) -> datetime | None:
        """Return the creation time that the engine recorded, without fractions of a second."""
        said = _SECONDS.match(str(self._config(parse(repository), digest).get("created") or ""))
        return datetime.fromisoformat(said[0]).replace(tzinfo=UTC) if said else None

    def repositories(self, prefix: str) -> Sequence[str]:
        name = parse(prefix)
        host = name.registry_host

        def ask(query: str | None) -> requests.Response:
            return self._requests.catalog(name, query or f"n={_PAGE}")

        found = (f"{host}/{p}" for p in entries(host, "repositories", ask, absent=_NO_CATALOG))
        return [repository for repository in found if f"{repository}/".startswith(f"{prefix}/")]

    def set_tag(self, reference: str, digest: str) -> None:
        name = parse(reference)
        path = f"manifests/{digest}"
        response = self._requests.ask(name, "GET", path, headers=ACCEPT, allow={NOT_FOUND})
        if response.status_code == NOT_FOUND:
            raise Rejected("no_such_manifest", f"{name.repository} does not hold {digest}")
        self._requests.ask(
            name,
            "PUT",
            f"manifests/{name.tag_or_digest}",
            data=response.content,
            headers={"Content-Type": response.headers["Content-Type"]},
        )

    def delete(self, repository: str, digest: str) -> None:
        name = parse(repository)
        response = self._requests.ask(
            name, "DELETE", f"manifests/{digest}", allow={NOT_FOUND, NOT_ALLOWED}
        )
        if response.status_code == NOT_ALLOWED and self.digest(f"{name.repository}@{digest}"):
            raise delete_disabled(name.registry_host)

    def requires_credentials(self, repository: str) -> bool:
        name = parse(repository)
        try:
            response = self._anonymous.send(name, "GET", "manifests/latest", headers=ACCEPT)
        except StepError as error:
            if error.code == "registry_denied":
                return True
            raise
        return response.status_code in {UNAUTHORIZED, FORBIDDEN}

    def _config(self, name: Reference, digest: str) -> Mapping[str, Any]:
        """Return the image configuration, empty when the image does not exist."""
        manifest = self._manifest(name, digest)
        if manifest is not None and manifest.get("manifests"):
            manifest = self._manifest(name, manifest["manifests"][0]["digest"])
        if manifest is None or "config" not in manifest:
            return {}
        path = f"blobs/{manifest['config']['digest']}"
        response = self._requests.ask(name, "GET", path, allow={NOT_FOUND})
        return {} if response.status_code == NOT_FOUND else document(response, name.registry_host)

    def _manifest(self, name: Reference, digest: str) -> Mapping[str, Any] | None:
        path = f"manifests/{digest}"
        response = self._requests.ask(name, "GET", path, headers=ACCEPT, allow={NOT_FOUND})
        return None if response.status_code == NOT_FOUND else document(response, name.registry_host)


def _sha256(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
