"""Short availability checks (1 s per connection). Each returns None, or why it failed."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

WAIT_S = 1.0
_DOCKER_PORT, _HTTPS_PORT, _HTTP_PORT = 2375, 443, 80
_PORTS = {"http": _HTTP_PORT, "https": _HTTPS_PORT}
_THIS_MACHINE = {"localhost", "::1", "0.0.0.0"}  # noqa: S104  (as k3d writes it; nothing is bound)
_OK, _KNOWS_US_NOT = 200, (401, 403)
_PLAIN = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}
"""OpenSSL's reasons for a response without TLS."""
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=WAIT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(WAIT_S)
        self.sock.connect(self._path)


def engine(address: str, *, tls: bool) -> str | None:
    """Ping the engine if that needs no certificates, else only check that the port is open."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return _asked(_UnixConnection(parts.path), "/_ping", (200,))
    if parts.scheme in ("tcp", "http") and not tls:
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port or _DOCKER_PORT, timeout=WAIT_S
        )
        return _asked(connection, "/_ping", (200,))
    if parts.scheme in ("tcp", "https"):
        return _listens(parts.hostname or "", parts.port or _DOCKER_PORT + 1)
    return None  # ssh and npipe: checked when they are used


def registry(prefix: str) -> str | None:
    """Request the API version; a registry that requires a password is available, too."""
    host = prefix.partition("/")[0]
    name, _, port = host.partition(":")
    if name in _LOOPBACK:
        plain = http.client.HTTPConnection(name, int(port or _HTTP_PORT), timeout=WAIT_S)
        return _asked(plain, "/v2/", (200, 401))
    safe = http.client.HTTPSConnection(name, int(port or _HTTPS_PORT), timeout=WAIT_S)
    trouble = _asked(safe, "/v2/", (200, 401))
    if trouble is None or not port:
        return trouble
    plain = http.client.HTTPConnection(name, int(port), timeout=WAIT_S)
    return trouble if _asked(plain, "/v2/", (200, 401)) else None


def cluster(kubeconfig: Path) -> str | None:
    """Check that the current context's server is an API; permissions are checked on use."""
    try:
        address = server(kubeconfig)
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme, _HTTPS_PORT)
    except FileNotFoundError:
        return "there is no such file"
    except UNREADABLE as error:
        return f"it cannot be read as a kubeconfig ({type(error).__name__})"
    host = parts.hostname or ""
    return _listens(host, port) or _speaks(parts.scheme, host, port, parts.path.rstrip("/"))


def _speaks(scheme: str, host: str, port: int, path: str) -> str | None:
    """Request /version: an API server returns it, or 401 or 403.

    Certificates are not verified, as nothing confidential is sent. A server that aborts the
    handshake may require a client certificate.
    """
    connection = (
        http.client.HTTPSConnection(host, port, timeout=WAIT_S, context=_unchecked())
        if scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=WAIT_S)
    )
    try:
        connection.request("GET", f"{path}/version")
        answer = connection.getresponse()
    except ssl.SSLError as error:
        return f"{host}:{port} does not speak TLS" if error.reason in _PLAIN else None
    except (OSError, http.client.HTTPException) as error:
        return f"{host}:{port} does not respond ({_reason(error)})"
    finally:
        connection.close()
    media_type = answer.headers.get_content_type()
    if answer.status in _KNOWS_US_NOT or (
        answer.status == _OK and media_type == "application/json"
    ):
        return None
    return f"the server at {host}:{port} is not a Kubernetes API"


def _unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


UNREADABLE = (OSError, ValueError, yaml.YAMLError, LookupError, TypeError)
"""The errors raised for a file that is not a kubeconfig."""


def server(kubeconfig: Path) -> str:
    """Return the address of the current context's cluster. Raises one of UNREADABLE."""
    return _server(yaml.safe_load(kubeconfig.read_text(encoding="utf-8")))


def plain_address(address: str) -> str:
    """Return the address without login in a canonical form, for comparison and display.

    Raises ValueError for an invalid port.
    """
    parts = urlsplit(address)
    if not parts.hostname:
        return address  # a socket
    host = _LOOPBACK[0] if parts.hostname in _THIS_MACHINE else parts.hostname
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{shown}{port}{parts.path.rstrip('/')}"


def _server(kubeconfig: Mapping[str, Any]) -> str:
    current = _named(kubeconfig["contexts"], kubeconfig["current-context"])
    found = _named(kubeconfig["clusters"], current["context"]["cluster"])
    return str(found["cluster"]["server"])


def _named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return {entry["name"]: entry for entry in entries}[name]


def _listens(host: str, port: int) -> str | None:
    try:
        socket.create_connection((host, port), WAIT_S).close()
    except OSError as error:
        return f"{host}:{port} does not respond ({_reason(error)})"
    return None


def _asked(connection: http.client.HTTPConnection, path: str, good: tuple[int, ...]) -> str | None:
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"no response ({_reason(error)})"
    finally:
        connection.close()
    return None if status in good else f"it returned {status}"


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "TLS failed"
    return getattr(error, "strerror", None) or type(error).__name__
