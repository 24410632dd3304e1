"""HTTP client of the API. Every error is raised as a CliError with its exit code."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from slipway_local.cli.answers import read, shown
from slipway_local.cli.credentials import fix_for, is_loopback, proof_for
from slipway_local.cli.exits import CliError, Exit, exit_for_http
from slipway_local.cli.fixes import typed_fix
from slipway_local.cli.retrying import missing, patient

_TIMEOUT_S = (3.05, 30.0)
_UPLOAD_S = (_TIMEOUT_S[0], 300.0)
_GONE = {"unreachable", "no_answer"}
_LOOK_EVERY_S, _LOOK_AFAR_EVERY_S = 0.1, 1.0


@dataclass(frozen=True)
class Place:
    """A system's address. `acts_on` names its engine, cluster and registry, if known."""

    url: str
    token: str | None
    ends_with_us: bool = False
    acts_on: Mapping[str, str] = field(default_factory=dict)


Successor = Callable[[Place], Place | None]
"""Return the system that replaced an unreachable one, or None if no other system did."""


class Client:
    """`token` is the bearer token of a local system or of a deployed stack.

    Without a token, requests to an API Gateway are signed with the AWS credentials of the
    environment. `ends_with_us`: the system runs in this process. `look_every_s` is the polling
    interval; remote systems are polled less often, and retried when they are busy. `successor`
    is called when the system is unreachable.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        ends_with_us: bool = False,
        successor: Successor | None = None,
    ) -> None:
        self._session = requests.Session()
        self._successor = successor
        self._go_to(Place(url.rstrip("/"), token, ends_with_us))

    def _go_to(self, place: Place) -> None:
        self._place, self.url = place, place.url
        self.ends_with_us = place.ends_with_us
        near = is_loopback(self.url)
        self._session.trust_env = not near
        self.look_every_s = _LOOK_EVERY_S if near else _LOOK_AFAR_EVERY_S
        if not near:
            patient(self._session, self.url)
        self._proof = proof_for(self.url, place.token)

    def close(self) -> None:
        self._session.close()

    def get(self, path: str, **query: str | int | None) -> dict[str, Any]:
        return read(self._send("GET", path, params=_given(query)))

    def text(self, path: str, **query: str | int | None) -> str:
        return self._send("GET", path, params=_given(query)).text

    def post(
        self, path: str, body: Mapping[str, Any], within_s: float = _TIMEOUT_S[1]
    ) -> dict[str, Any]:
        return self._change("POST", path, body, timeout=(_TIMEOUT_S[0], within_s))

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._change("PUT", path, body)

    def delete(self, path: str) -> dict[str, Any]:
        return self._change("DELETE", path, None)

    def _change(
        self, method: str, path: str, body: Mapping[str, Any] | None, **more: Any
    ) -> dict[str, Any]:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        return read(self._send(method, path, json=body, headers=key, **more))

    def upload(self, upload: Mapping[str, Any], archive: Path) -> None:
        """Send an archive to the presigned URL of `POST /uploads`, without the API token."""
        with archive.open("rb") as body, requests.Session() as bare:
            bare.trust_env = not is_loopback(upload["url"])
            if bare.trust_env:
                patient(bare, upload["url"])
            try:
                answer = bare.request(
                    upload["method"],
                    upload["url"],
                    data=body,
                    headers=upload["headers"],
                    timeout=_UPLOAD_S,
                )
            except requests.RequestException as error:
                raise CliError(
                    Exit.UNREACHABLE, f"the upload failed: {type(error).__name__}"
                ) from error
        if not answer.ok:
            raise CliError(
                exit_for_http(answer.status_code), f"the upload was refused: {answer.text}"
            )

    def moved(self) -> bool:
        """Switch to the system that replaced the current one. Return False if there is none."""
        new = self._successor(self._place) if self._successor else None
        if new:
            self._go_to(new)
        return new is not None

    def _send(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send the request, and repeat it to a successor with the same Idempotency-Key."""
        while True:
            try:
                return self._sent(method, path, **more)
            except CliError as stop:
                if stop.code not in _GONE or not self.moved():
                    raise

    def _sent(self, method: str, path: str, **more: Any) -> requests.Response:
        given: dict[str, Any] = {"timeout": _TIMEOUT_S, "auth": self._proof, **more}
        try:
            answer = self._session.request(method, self.url + path, **given)
        except requests.RequestException as error:
            raise _no_answer(shown(self.url), missing(error, given["timeout"][1])) from error
        if answer.ok:
            return answer
        raise _problem(answer, fix_for(answer, self._proof))


def _no_answer(url: str, how: str | None) -> CliError:
    if how:
        fix = "check the outcome with `slipway list` or `slipway status ID` before you retry"
        return CliError(Exit.UNREACHABLE, f"{url} {how}", fix=fix, code="no_answer")
    return CliError(
        Exit.UNREACHABLE,
        f"cannot connect to {url}",
        fix="start it with `slipway up`, or correct SLIPWAY_URL",
        code="unreachable",
    )


def _problem(answer: requests.Response, fix: str | None) -> CliError:
    try:
        body = answer.json()
    except requests.JSONDecodeError:
        body = {}
    body = body if isinstance(body, dict) else {}
    says = body.get("detail") or body.get("title") or body.get("message")
    detail = says or f"HTTP {answer.status_code}"
    return CliError(
        exit_for_http(answer.status_code),
        str(detail),
        fix=fix if answer.status_code == requests.codes.unauthorized else typed_fix(body) or fix,
        code=str(body.get("code", answer.status_code)),
    )


def _given(query: Mapping[str, str | int | None]) -> dict[str, str | int]:
    return {key: value for key, value in query.items() if value is not None}
