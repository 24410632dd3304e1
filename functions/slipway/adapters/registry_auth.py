"""Authenticate with a registry: answer its Basic or Bearer challenge.

Credentials are sent only to the registry's own host or to a realm over HTTPS, and never follow a
redirect.
"""

import base64
import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests

from slipway.adapters.registry_errors import (
    FORBIDDEN,
    UNAUTHORIZED,
    denied,
    refused,
    unreachable,
)
from slipway.containerize.ports import Credentials

TIMEOUT_S = (5, 30)
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')


class Header(requests.auth.AuthBase):
    """Set on every request, so that `requests` never adds a password from a netrc file."""

    def __init__(self, value: str | None = None) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._value:
            request.headers["Authorization"] = self._value
        return request


def is_loopback(host: str) -> bool:
    """Registries on loopback are accessed over plain HTTP, as by the Docker Engine."""
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def answer_to(
    challenge: str,
    host: str,
    scope: str,
    credentials: Credentials | None,
    session: requests.Session,
) -> Header | None:
    """Return None when the registry requires credentials and there are none for it.

    Raises Rejected, or Unavailable when the token service does not respond.
    """
    scheme, _, rest = challenge.partition(" ")
    if scheme.lower() == "basic":
        return Header(_basic(credentials)) if credentials else None
    if scheme.lower() != "bearer":
        raise denied(host, "it requires a scheme that is neither Basic nor Bearer")
    parameters = dict(_PARAMETER.findall(rest))
    realm = _checked(parameters.get("realm", ""), host)
    return _token(
        realm,
        host,
        {"service": parameters.get("service", ""), "scope": scope},
        credentials,
        session,
    )


def _checked(realm: str, host: str) -> str:
    """A realm must use HTTPS, except for a loopback registry that is its own realm."""
    there = urlsplit(realm)
    own = there.hostname == urlsplit(f"//{host}").hostname
    plain = there.scheme == "http" and own and is_loopback(host)
    if not there.hostname or "@" in there.netloc or not (there.scheme == "https" or plain):
        raise denied(host, "its token service is neither HTTPS nor on its own loopback address")
    return realm


def _token(
    realm: str,
    host: str,
    asked: Mapping[str, str],
    credentials: Credentials | None,
    session: requests.Session,
) -> Header | None:
    try:
        response = _ask(realm, asked, credentials, session)
    except requests.RequestException as error:
        raise unreachable(host, f"its token service: {type(error).__name__}") from error
    if response.status_code in {UNAUTHORIZED, FORBIDDEN}:
        if credentials is None:
            return None
        raise denied(host, "its token service rejected these credentials")
    if response.status_code != requests.codes.ok:
        raise refused(host, response.status_code, "the request for a token")
    return Header(f"Bearer {_token_in(response, host)}")


def _ask(
    realm: str,
    asked: Mapping[str, str],
    credentials: Credentials | None,
    session: requests.Session,
) -> requests.Response:
    if credentials and credentials.identity_token:
        form = {
            **asked,
            "grant_type": "refresh_token",
            "refresh_token": credentials.identity_token,
            "client_id": "slipway",
        }
        return session.post(
            realm, data=form, auth=Header(), timeout=TIMEOUT_S, allow_redirects=False
        )
    who = Header(_basic(credentials)) if credentials else Header()
    return session.get(realm, params=asked, auth=who, timeout=TIMEOUT_S, allow_redirects=False)


def _token_in(response: requests.Response, host: str) -> str:
    try:
        body: Any = response.json()
    except ValueError:
        body = None
    token = (body.get("token") or body.get("access_token")) if isinstance(body, dict) else None
    if not isinstance(token, str):
        raise denied(host, "its token service returned no token")
    return token


def _basic(credentials: Credentials) -> str:
    pair = f"{credentials.username}:{credentials.password}".encode()
    return "Basic " + base64.b64encode(pair).decode()
