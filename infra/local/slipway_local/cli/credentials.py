"""Authentication of requests: a bearer token, or a signature with AWS credentials (SigV4)."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from slipway_local.cli.exits import CliError, Exit

if TYPE_CHECKING:
    from botocore.credentials import Credentials

_GATEWAY = re.compile(r"[a-z0-9]+\.execute-api\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?")
_SENDABLE = re.compile(r"[!-~]+")
_SCOPE = re.compile(r'\bscope="(?P<scope>[^"]+)"')


class Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Signature(AuthBase):
    """Sign method, path, query, host, body and time (AWS Signature Version 4)."""

    def __init__(self, credentials: "Credentials", region: str) -> None:
        from botocore.auth import SigV4Auth  # deferred: most commands do not need it

        self._signer: Any = SigV4Auth(credentials, "execute-api", region)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        from botocore.awsrequest import AWSRequest

        signed = AWSRequest(request.method, request.url, data=request.body)
        self._signer.add_auth(signed)
        request.headers.update(dict(signed.headers.items()))
        return request


def proof_for(url: str, token: str | None) -> AuthBase | None:
    """Return None if there are no credentials.

    Raises CliError for a token that would be sent over plain HTTP, or is not valid in a header.
    """
    if not token:
        return _signature_for(url)
    if not _SENDABLE.fullmatch(token):
        raise CliError(
            Exit.BAD_INPUT,
            "SLIPWAY_TOKEN contains whitespace or a character that is not valid in a token",
            fix="set it to the token alone",
            code="invalid_token",
        )
    if urlsplit(url).scheme != "https" and not is_loopback(url):
        raise CliError(
            Exit.BAD_INPUT,
            "SLIPWAY_TOKEN is not sent over plain http",
            fix="use an https:// URL in SLIPWAY_URL",
            code="token_in_plain",
        )
    return Bearer(token)


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")


def fix_for(answer: requests.Response, proof: AuthBase | None) -> str | None:
    """Return the fix for a 401 or 403 at the command line, None for any other status."""
    if answer.status_code not in {401, 403}:
        return None
    if is_loopback(answer.url):
        return "unset SLIPWAY_URL: the token of `slipway up` is read from its state folder"
    if proof is None:
        return "set SLIPWAY_TOKEN, or log in to AWS"
    if isinstance(proof, Signature):
        return "have the stack's ReaderPolicy, WriterPolicy or OperatorPolicy attached to your role"
    wanted = _SCOPE.search(answer.headers.get("WWW-Authenticate", ""))
    if answer.status_code == requests.codes.forbidden and wanted:
        return f"set SLIPWAY_TOKEN to a token with the scope {wanted['scope']}"
    return "set SLIPWAY_TOKEN to a new token of the stack's issuer"


def _signature_for(url: str) -> Signature | None:
    """Return a signature only for an API Gateway, so that no other host receives one."""
    gateway = _GATEWAY.fullmatch(urlsplit(url).hostname or "")
    if gateway is None:
        return None
    import boto3

    found = boto3.Session().get_credentials()
    return Signature(found, gateway["region"]) if found else None
