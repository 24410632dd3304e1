"""Push an image from the Docker Engine to a registry."""

from collections.abc import Mapping
from contextlib import suppress

import requests
from docker.errors import APIError, NotFound

from slipway.adapters.docker_client import Client, error_text, translated
from slipway.adapters.docker_stream import entries, lost, status_line
from slipway.adapters.docker_watch import Watch
from slipway.adapters.redaction import redacted
from slipway.adapters.registry_errors import (
    FORBIDDEN,
    UNAUTHORIZED,
    denied,
    known_words,
    unreachable,
)
from slipway.containerize.ports import Credentials, Log, Stop
from slipway.containerize.reference import Reference, parse
from slipway.saga.errors import Rejected, StepError, Unavailable

TIMEOUT_S = 570
_QUIET_S = 120
_OK, _SERVER_ERROR = 200, 500
_MADE_UP = {"username": "nobody", "password": "none"}


def run_push(
    client: Client,
    where: str | None,
    reference: str,
    credentials: Credentials | None,
    log: Log,
    stop: Stop,
) -> None:
    late = Unavailable(
        "push_timeout", f"{reference} was not pushed within {TIMEOUT_S} s", fix="try again"
    )
    cancelled = Rejected("cancelled", "the push was stopped")
    name, auth = parse(reference), _auth(credentials)
    with translated(where), Watch(stop, TIMEOUT_S, cancelled, late) as watch:
        refusal = _exchange(client, name, auth, watch, log)
    if refusal is not None:
        raise _classified(client, where, name, auth, refusal)


def _exchange(
    client: Client, name: Reference, auth: Mapping[str, str], watch: Watch, log: Log
) -> str | None:
    """Return the error of the registry or the network, None if the push succeeded."""
    try:
        response = client.start_push(name.repository, name.tag or "latest", auth, _QUIET_S)
    except NotFound as error:
        raise Rejected("no_such_image", error_text(error)) from error
    watch.attach(response)
    done, refusal = _followed(response, lambda line: log(redacted(line, *auth.values())))
    if not done and refusal is None:
        raise lost("push")
    return refusal


def _followed(response: requests.Response, log: Log) -> tuple[bool, str | None]:
    """Return whether the push completed, and its error; a truncated stream may give neither."""
    done = False
    with suppress(ValueError):
        for entry in entries(response):
            if "error" in entry:
                return False, known_words(str(entry["error"]))
            done = done or "Digest" in entry.get("aux", {})
            if line := status_line(entry):
                log(line)
    return done, None


def _classified(
    client: Client, where: str | None, name: Reference, auth: Mapping[str, str], message: str
) -> StepError:
    """Request the tag through the engine as well, as the stream reports errors without a status.

    The engine gives no status when a registry requires a password and none was sent, so a push
    without credentials is classified with made-up ones.
    """
    with translated(where):
        status = _status(client, name, auth or _MADE_UP)
    if status in {UNAUTHORIZED, FORBIDDEN}:
        return denied(name.registry_host, message)
    if status >= _SERVER_ERROR:
        return unreachable(name.registry_host, message)
    return Rejected(
        "push_refused", message, fix=f"check the name and the rights on {name.repository}"
    )


def _status(client: Client, name: Reference, auth: Mapping[str, str]) -> int:
    tag = f"{name.repository}:{name.tag_or_digest}"
    try:
        client.inspect_distribution(tag, dict(auth))  # type: ignore[no-untyped-call]  # the SDK
    except APIError as error:
        return error.status_code or _SERVER_ERROR
    return _OK


def _auth(credentials: Credentials | None) -> Mapping[str, str]:
    if credentials is None:
        return {}
    if credentials.identity_token:
        return {"identitytoken": credentials.identity_token}
    return {"username": credentials.username, "password": credentials.password}
