"""A registry over its HTTP API, version 2."""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from slipway.adapters.anonymous import Anonymous
from slipway.adapters.registry_errors import (
    FORBIDDEN,
    NOT_ALLOWED,
    NOT_FOUND,
    UNAUTHORIZED,
    delete_disabled,
)
from slipway.adapters.registry_requests import RegistryRequests
from slipway.containerize.ports import CredentialStore
from slipway.containerize.reference import Reference, parse
from slipway.saga.errors import Rejected, StepError

_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
# Without these the registry converts to an older format, whose digest is another one.
ACCEPT = {
    "Accept": ", ".join(
        (
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.oci.image.manifest.v1+json",
            *_INDEXES,
        )
    )
}
_MOST_PAGES = 100
_PAGE = 500
_NO_CATALOG = {UNAUTHORIZED, FORBIDDEN, NOT_FOUND, NOT_ALLOWED}
_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


class HttpRegistry:
    """Asks over HTTPS, the loopback and the hosts in `plain_http` over HTTP."""

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
        name, path = parse(repository), "tags/list"
        found: list[str] = []
        for _ in range(_MOST_PAGES):
            response = self._requests.ask(name, "GET", path, allow={NOT_FOUND})
            if response.status_code == NOT_FOUND:
                return found
            found.extend(_document(response, name).get("tags") or ())
            following = response.links.get("next", {}).get("url")
            if not following:
                return found
            path = f"tags/list?{urlsplit(urljoin(response.url, following)).query}"
        return found

    def labels(self, repository: str, digest: str) -> Mapping[str, str]:
        """Of an image for several platforms: those of the first."""
        return (self._config(parse(repository), digest).get("config") or {}).get("Labels") or {}

    def built_at(self, repository: str, digest: str) -> datetime | None:
        """The engine's clock, down to the second."""
        said = _SECONDS.match(str(self._config(parse(repository), digest).get("created") or ""))
        return datetime.fromisoformat(said[0]).replace(tzinfo=UTC) if said else None

    def repositories(self, prefix: str) -> Sequence[str]:
        name, query = parse(prefix), f"n={_PAGE}"
        found: list[str] = []
        for _ in range(_MOST_PAGES):
            response = self._requests.catalog(name, query)
            if response.status_code in _NO_CATALOG:
                return found
            listed = _document(response, name).get("repositories") or ()
            found.extend(f"{name.registry_host}/{path}" for path in listed)
            following = response.links.get("next", {}).get("url")
            if not following:
                break
            query = urlsplit(urljoin(response.url, following)).query
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
        """Empty when there is no such image."""
        manifest = self._manifest(name, digest)
        if manifest is not None and manifest.get("manifests"):
            manifest = self._manifest(name, manifest["manifests"][0]["digest"])
        if manifest is None or "config" not in manifest:
            return {}
        path = f"blobs/{manifest['config']['digest']}"
        response = self._requests.ask(name, "GET", path, allow={NOT_FOUND})
        return {} if response.status_code == NOT_FOUND else _document(response, name)

    def _manifest(self, name: Reference, digest: str) -> Mapping[str, Any] | None:
        path = f"manifests/{digest}"
        response = self._requests.ask(name, "GET", path, headers=ACCEPT, allow={NOT_FOUND})
        return None if response.status_code == NOT_FOUND else _document(response, name)


def _document(response: requests.Response, name: Reference) -> Mapping[str, Any]:
    try:
        document: Any = response.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise Rejected(
            "registry_garbled", f"{name.registry_host} answered with something that is no document"
        )
    return document


def _sha256(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
