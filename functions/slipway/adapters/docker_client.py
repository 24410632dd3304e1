"""A Docker Engine client, whose errors are translated to Rejected or Unavailable."""

import json
import os
import socket
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import requests
import urllib3
from docker import APIClient
from docker.auth import AuthConfig, encode_header
from docker.errors import (
    APIError,
    DockerException,
    TLSParameterError,
    create_api_error_from_http_exception,
)
from docker.tls import TLSConfig

from slipway.adapters.docker_credentials import DockerCredentials
from slipway.adapters.redaction import redacted
from slipway.saga.errors import Rejected, StepError, Unavailable

CONNECT_S = 10
ANSWER_S = 60
_LOCAL = "unix:///var/run/docker.sock"
_LOST = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


class Client(APIClient):
    """Exposes the responses of build, push and pull, whose sockets the SDK's methods hide.

    The SDK reads Docker's configuration when it connects; this client reads it when a login is
    needed, so that inspection and removal also work with a broken configuration file.
    """

    @property
    def _general_configs(self) -> dict[str, Any]:
        return {"auths": {}}  # not empty: the SDK would read its default files

    @_general_configs.setter
    def _general_configs(self, _read_by_the_sdk: object) -> None: ...

    @property
    def _auth_configs(self) -> AuthConfig:
        return DockerCredentials(os.environ.get("DOCKER_CONFIG")).config()

    @_auth_configs.setter
    def _auth_configs(self, _read_by_the_sdk: object) -> None: ...

    def start_build(
        self, params: Mapping[str, object], context: Iterable[bytes], quiet_s: float
    ) -> requests.Response:
        """Return once the engine has read the context. `quiet_s` is the timeout of each read."""
        headers = {"Content-Type": "application/tar"}
        self._set_auth_headers(headers)
        return self._started(
            self.post(
                self._at("/build"),
                data=context,
                params={key: _parameter(value) for key, value in params.items() if value},
                headers=headers,
                stream=True,
                timeout=(CONNECT_S, quiet_s),
            )
        )

    def start_push(
        self, repository: str, tag: str, auth: Mapping[str, str], quiet_s: float
    ) -> requests.Response:
        return self._started(
            self.post(
                self._at(f"/images/{repository}/push"),
                params={"tag": tag},
                headers={"X-Registry-Auth": encode_header(auth)},
                stream=True,
                timeout=(CONNECT_S, quiet_s),
            )
        )

    def start_pull(
        self, params: Mapping[str, str | None], headers: Mapping[str, str | bytes], quiet_s: float
    ) -> requests.Response:
        return self._started(
            self.post(
                self._at("/images/create"),
                params=params,
                headers=headers,
                stream=True,
                timeout=(CONNECT_S, quiet_s),
            )
        )

    def _at(self, path: str) -> str:
        return f"{self.base_url}/v{self.api_version}{path}"

    def _started(self, response: requests.Response) -> requests.Response:
        try:
            response.raise_for_status()
        except requests.HTTPError as error:
            create_api_error_from_http_exception(error)
        return response

    def _set_auth_headers(self, headers: MutableMapping[str, str]) -> None:
        """A missing credential helper must not fail a build with public base images."""
        with suppress(DockerException):
            super()._set_auth_headers(headers)  # type: ignore[misc]


def connect(host: str | None, cert_path: str | None) -> Client:
    """`host` is a DOCKER_HOST, by default the local socket. `cert_path` holds three .pem files.

    Raises Unavailable("engine_unreachable") or Rejected("docker_tls_invalid").
    """
    where = host or _LOCAL
    _refuse_dead_socket(where)
    tls = _tls(Path(cert_path)) if cert_path else False
    try:
        client = Client(base_url=where, version="auto", timeout=CONNECT_S, tls=tls)
    except (DockerException, *_LOST) as error:
        raise unreachable(where) from error
    client.timeout = ANSWER_S
    return client


def _refuse_dead_socket(where: str) -> None:
    """Check first, because the SDK leaks its socket when nothing listens."""
    if not where.startswith("unix://"):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        trial.settimeout(CONNECT_S)
        try:
            trial.connect(where.removeprefix("unix://"))
        except OSError as error:
            raise unreachable(where) from error


def unreachable(where: str | None) -> Unavailable:
    return Unavailable(
        "engine_unreachable",
        f"no Docker Engine responds at {redacted(where or _LOCAL)}",
        fix="start Docker, or set DOCKER_HOST to a running engine",
    )


@contextmanager
def translated(where: str | None) -> Iterator[None]:
    """Translate the SDK's errors that callers do not handle themselves."""
    try:
        yield
    except StepError:
        raise
    except APIError as error:
        raise _refused(error) from error
    except (DockerException, *_LOST) as error:
        raise unreachable(where) from error


def error_text(error: APIError) -> str:
    return redacted(str(error.explanation or error))


def _refused(error: APIError) -> StepError:
    if error.is_client_error():
        return Rejected("engine_refused", error_text(error))
    return Unavailable("engine_failed", error_text(error), fix="check the Docker Engine's log")


def _parameter(value: object) -> str:
    return json.dumps(value) if isinstance(value, dict | bool) else str(value)


def _tls(folder: Path) -> TLSConfig:
    try:
        return TLSConfig(
            client_cert=(str(folder / "cert.pem"), str(folder / "key.pem")),
            ca_cert=str(folder / "ca.pem"),
            verify=True,
        )
    except TLSParameterError as error:
        raise Rejected(
            "docker_tls_invalid",
            f"{folder} does not contain ca.pem, cert.pem and key.pem",
            fix="set DOCKER_CERT_PATH to the folder that contains them",
        ) from error
