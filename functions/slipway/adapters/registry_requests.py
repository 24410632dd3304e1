"""Authenticated requests to registries, with errors raised as Rejected or Unavailable."""

import threading
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from slipway.adapters.registry_auth import TIMEOUT_S, Header, answer_to, is_loopback
from slipway.adapters.registry_errors import UNAUTHORIZED, denied, refused, unreachable
from slipway.containerize.ports import CredentialStore
from slipway.containerize.reference import Reference

_HUB = "registry-1.docker.io"
_ACTIONS = {"PUT": "pull,push", "POST": "pull,push", "DELETE": "pull,delete"}
_REDIRECTS = 3


class RegistryRequests:
    """`plain_http`: hosts besides loopback that are accessed without TLS."""

    def __init__(self, credentials: CredentialStore, plain_http: Collection[str] = ()) -> None:
        self._credentials = credentials
        self._plain_http = plain_http
        self._headers: dict[tuple[str, str], Header] = {}
        self._guard = threading.Lock()
        self._session = requests.Session()
        self._direct = requests.Session()
        self._direct.trust_env = False  # no proxy for loopback

    def close(self) -> None:
        self._session.close()
        self._direct.close()

    def ask(
        self, name: Reference, method: str, path: str, *, allow: Collection[int] = (), **more: Any
    ) -> requests.Response:
        """`path` is within the repository. Statuses from 400 on raise unless in `allow`."""
        response = self.send(name, method, path, **more)
        if not response.ok and response.status_code not in allow:
            raise refused(name.registry_host, response.status_code, f"{method} {path}")
        return response

    def send(self, name: Reference, method: str, path: str, **more: Any) -> requests.Response:
        """Return the response after authentication, whatever its status.

        Redirects are followed without credentials.
        """
        url = f"{self._base(name)}/v2/{name.registry_path}/{path}"
        scope = f"repository:{name.registry_path}:{_ACTIONS.get(method, 'pull')}"
        return self._sent(name, method, url, scope, more)

    def catalog(self, name: Reference, query: str) -> requests.Response:
        """Request the names of the registry's repositories; return the response of any status."""
        url = f"{self._base(name)}/v2/_catalog?{query}"
        return self._sent(name, "GET", url, "registry:catalog:*", {})

    def _sent(
        self, name: Reference, method: str, url: str, scope: str, more: Mapping[str, Any]
    ) -> requests.Response:
        key = (name.repository, scope)
        response = self._once(name, method, url, self._headers.get(key, Header()), more)
        if response.status_code == UNAUTHORIZED:
            header = self._authenticated(name, scope, response)
            with self._guard:
                self._headers[key] = header
            response = self._once(name, method, url, header, more)
        return self._followed(name, method, response)

    def _authenticated(self, name: Reference, scope: str, response: requests.Response) -> Header:
        header = answer_to(
            response.headers.get("WWW-Authenticate", ""),
            name.registry_host,
            scope,
            self._credentials.for_repository(name.repository),
            self._of(name),
        )
        if header is None:
            raise denied(name.registry_host, "it requires credentials and none are configured")
        return header

    def _followed(
        self, name: Reference, method: str, response: requests.Response
    ) -> requests.Response:
        for _ in range(_REDIRECTS):
            if not response.is_redirect or method not in {"GET", "HEAD"}:
                return response
            there = urljoin(response.url, response.headers["Location"])
            if urlsplit(there).scheme != "https" and not self._is_plain(name):
                raise refused(name.registry_host, response.status_code, "a redirect without TLS")
            response = self._once(name, method, there, Header(), {})
        return response

    def _once(
        self, name: Reference, method: str, url: str, auth: Header, more: Mapping[str, Any]
    ) -> requests.Response:
        try:
            return self._of(name).request(
                method, url, auth=auth, timeout=TIMEOUT_S, allow_redirects=False, **more
            )
        except requests.RequestException as error:
            raise unreachable(name.registry_host, type(error).__name__) from error

    def _base(self, name: Reference) -> str:
        host = _HUB if name.registry_host in {"docker.io", "index.docker.io"} else name.host
        return f"{'http' if self._is_plain(name) else 'https'}://{host}"

    def _of(self, name: Reference) -> requests.Session:
        return self._direct if is_loopback(name.registry_host) else self._session

    def _is_plain(self, name: Reference) -> bool:
        return is_loopback(name.registry_host) or name.registry_host in self._plain_http
