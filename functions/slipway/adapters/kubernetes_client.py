"""HTTP client for a Kubernetes API server: one request per call, no retries, no redirects.

The generated client handles what is hard about a kubeconfig: certificates, exec plugins, proxies.
Requests use its connection pool directly, so that bodies are plain dicts.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
import yaml

from slipway.adapters.kubernetes_config import ApiClient, Configuration, config
from slipway.adapters.kubernetes_redaction import without
from slipway.saga.errors import Rejected, StepError, Unavailable

_CONNECT_S, _READ_S, _READY_S = 5.0, 30.0, 5.0
_BODY_LIMIT_BYTES = 256 * 1024 * 1024
_READ_BYTES = 1024 * 1024
_READY, _FORBIDDEN, _SERVER_ERROR = "/readyz", 403, 500
TIMEOUT = "cluster_timeout"
_REACH_FIX = "check that the cluster is up and that the server and certificates of the kubeconfig"


@dataclass(frozen=True)
class Answer:
    """`body` may be truncated at the caller's limit."""

    status: int
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004  (HTTP's range of success)

    def json(self) -> dict[str, Any]:
        """Return the JSON object in the body; empty when there is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class ApiServer:
    def __init__(self, configuration: Configuration) -> None:
        configuration.retries = False
        self._host: str = configuration.host
        self._client = ApiClient(configuration)

    def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Return the response's object. Raises Rejected or Unavailable for any status but 2xx."""
        return self.object_in(self.send(method, path, **options))

    def object_in(self, answer: Answer, secrets: Sequence[str] = ()) -> dict[str, Any]:
        """Raises as `call` does, with the `secrets` removed from the message."""
        if not answer.ok:
            raise refusal(answer, secrets)
        found = answer.json()
        if not found:
            raise self._unreachable("the server is not a Kubernetes API")
        return found

    def send(  # noqa: PLR0913  (an HTTP request has these parts)
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        accept: str = "application/json",
        content_type: str = "application/json",
        limit_bytes: int = _BODY_LIMIT_BYTES,
        within_s: float = _READ_S,
    ) -> Answer:
        """Raises Unavailable with code TIMEOUT when the response is not complete in time.

        The code is `cluster_unreachable` without a connection, and for a 403 from an API server
        that is still starting.
        """
        headers = {"Accept": accept, "Content-Type": content_type}
        self._client.update_params_for_auth(headers, [], ["BearerToken"])
        try:
            response = self._client.rest_client.pool_manager.request(
                method,
                f"{self._host}{path}" + (f"?{urlencode(query)}" if query else ""),
                body=None if body is None else json.dumps(body).encode(),
                headers=headers,
                timeout=urllib3.Timeout(connect=_CONNECT_S, read=within_s),
                retries=False,
                redirect=False,  # an application behind the proxy must not redirect our token
                preload_content=False,
            )
            answer = Answer(response.status, _read(response, limit_bytes, within_s))
        except urllib3.exceptions.ConnectTimeoutError:
            raise self._unreachable("no connection in time") from None
        except urllib3.exceptions.TimeoutError:
            message = f"the cluster at {self._host} did not respond within {within_s:.0f} s"
            raise Unavailable(TIMEOUT, message) from None
        except urllib3.exceptions.HTTPError as error:
            raise self._unreachable(type(error).__name__) from None
        if answer.status == _FORBIDDEN and path != _READY:
            self._refuse_while_starting()
        return answer

    def _refuse_while_starting(self) -> None:
        """A starting API server denies every request until it has loaded its authorization rules.

        /readyz is public by default; a server that restricts it is taken to be ready.
        """
        if self.send("GET", _READY, accept="*/*", within_s=_READY_S).status >= _SERVER_ERROR:
            raise self._unreachable("it is starting")

    def _unreachable(self, why: str) -> Unavailable:
        return Unavailable(
            "cluster_unreachable",
            f"the cluster at {self._host} does not respond ({why})",
            fix=f"{_REACH_FIX} are right",
        )


def _read(response: urllib3.BaseHTTPResponse, limit_bytes: int, within_s: float) -> bytes:
    """Bounded in size and time, because the response may come from a hostile application."""
    parts, left, deadline = [], limit_bytes, time.monotonic() + within_s
    try:
        while left and (part := response.read1(min(left, _READ_BYTES))):
            parts.append(part)
            left -= len(part)
            if time.monotonic() > deadline:
                raise urllib3.exceptions.TimeoutError
    finally:
        response.close()
    return b"".join(parts)


def refusal(answer: Answer, secrets: Sequence[str] = ()) -> StepError:
    """Translate the API server's Status to Rejected or Unavailable, without the secrets."""
    status = answer.json()
    message = str(status.get("message") or f"the cluster returned {answer.status}")
    message = without(message, secrets)
    causes = {c.get("reason") for c in (status.get("details") or {}).get("causes") or ()}
    if "NamespaceTerminating" in causes:
        return Unavailable("namespace_terminating", message, fix="wait until it is deleted")
    if answer.status in {401, 403}:
        fix = (
            "grant the kubeconfig's user the permission, or raise the quota, that the message names"
        )
        return Rejected("cluster_denied", message, fix=fix)
    if answer.status == 409:  # noqa: PLR2004  (Conflict with a concurrent write)
        return Unavailable("cluster_conflict", message)
    if answer.status == 429 or (answer.status >= 500 and not _is_misreading(status)):  # noqa: PLR2004
        return Unavailable("cluster_unreachable", message, fix=f"{_REACH_FIX} are right")
    return Rejected("manifest_refused", message, fix="correct the manifest as the message says")


def _is_misreading(status: Mapping[str, Any]) -> bool:
    """An apply with an unknown field fails with 500 and a Status that has no reason."""
    return status.get("kind") == "Status" and not status.get("reason")


def from_kubeconfig(path: str | None = None) -> ApiServer:
    """`path` may be several files joined by `:`. The default is `~/.kube/config`.

    Raises Rejected("kubeconfig_invalid").
    """
    given = path or str(Path("~/.kube/config").expanduser())
    configuration = Configuration()
    try:
        config.load_kube_config(given, client_configuration=configuration, persist_config=False)
    except (
        config.ConfigException,
        yaml.YAMLError,
        ValueError,  # such as broken base64
        OSError,
        AttributeError,  # these two: a file that is YAML, but of another shape
        TypeError,
    ) as error:
        raise Rejected(
            "kubeconfig_invalid",
            f"{given} is not a usable kubeconfig: {_first_line(error)}",
            fix="set KUBECONFIG to the file of a cluster; `kubectl config view` shows it",
        ) from None
    return ApiServer(configuration)


def from_description(kubeconfig: Mapping[str, Any], token: Callable[[], str]) -> ApiServer:
    """For a cluster given by address and certificate. `token` is called before every request."""
    configuration = Configuration()
    config.load_kube_config_from_dict(
        kubeconfig, client_configuration=configuration, persist_config=False
    )

    def sign_in(configuration: Configuration) -> None:
        configuration.api_key["BearerToken"] = f"Bearer {token()}"

    configuration.api_key["BearerToken"] = ""  # the client calls the hook only for a known key
    configuration.refresh_api_key_hook = sign_in
    return ApiServer(configuration)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
