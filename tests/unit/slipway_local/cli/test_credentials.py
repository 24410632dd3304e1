"""Whom the command line shows what: tokens to their stack, signatures to gateways of AWS."""

import json
from typing import Any

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from requests.adapters import BaseAdapter

from slipway_local.cli.client import Client
from slipway_local.cli.credentials import Bearer, Signature, proof_for
from slipway_local.cli.exits import CliError, Exit

GATEWAY = "https://abc123.execute-api.eu-central-1.amazonaws.com"
KEYS = Credentials("AKIDEXAMPLE", "secret", "session")


class Gateway(BaseAdapter):
    """Answers everybody with the same, and remembers what it was sent."""

    def __init__(self, status: int, body: Any, **headers: str) -> None:
        super().__init__()
        self.sent: list[requests.PreparedRequest] = []
        self._status, self._body, self._headers = status, body, headers

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.sent.append(request)
        answer = requests.Response()
        answer.status_code, answer.request = self._status, request
        answer.url = str(request.url)
        answer._content = json.dumps(self._body).encode()
        answer.headers.update({k.replace("_", "-"): v for k, v in self._headers.items()})
        return answer

    def close(self) -> None:
        """Nothing is open."""


def client(gateway: Gateway, token: str | None, monkeypatch: pytest.MonkeyPatch) -> Client:
    made = Client(GATEWAY, token)
    monkeypatch.setattr(made._session, "get_adapter", lambda **_: gateway)
    return made


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def test_a_token_is_sent_as_a_bearer(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = Gateway(200, {})

    client(gateway, "t0ken", monkeypatch).get("/workflows")

    assert gateway.sent[0].headers["Authorization"] == "Bearer t0ken"


def test_a_token_does_not_travel_in_plain() -> None:
    with pytest.raises(CliError, match="plain http") as stopped:
        proof_for("http://slipway.example.com", "t0ken")

    assert stopped.value.exit_code is Exit.BAD_INPUT
    assert isinstance(proof_for("http://127.0.0.1:8477", "t0ken"), Bearer)


def test_without_a_token_a_gateway_of_aws_is_shown_a_signature_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log_in(monkeypatch)

    assert isinstance(proof_for(GATEWAY, None), Signature)
    assert isinstance(proof_for(GATEWAY, "t0ken"), Bearer)
    for url in (
        "https://slipway.example.com",
        "https://abc123.execute-api.eu-central-1.amazonaws.com.evil.example",
        "https://evil.example/abc123.execute-api.eu-central-1.amazonaws.com",
        "http://127.0.0.1:8477",
    ):
        assert proof_for(url, None) is None


def test_who_is_not_logged_in_to_aws_signs_nothing() -> None:
    assert proof_for(GATEWAY, None) is None


def test_a_signature_is_of_what_is_sent() -> None:
    request = requests.Request(
        "POST", f"{GATEWAY}/workflows/wf_1/cancel", params={"a": "b c"}, json={"reason": "tea"}
    ).prepare()

    sent = Signature(KEYS, "eu-central-1")(request)

    told = sent.headers["Authorization"]
    assert "/eu-central-1/execute-api/aws4_request" in told
    assert "SignedHeaders=host;x-amz-date;x-amz-security-token," in told
    assert told.endswith(f"Signature={_signature_of(sent, sent.body)}")
    assert not told.endswith(f"Signature={_signature_of(sent, b'another body')}")


def _signature_of(sent: requests.PreparedRequest, body: Any) -> str:
    """As the gateway computes it, from what arrived."""
    names = ("X-Amz-Date", "X-Amz-Security-Token")
    request = AWSRequest(sent.method, sent.url, {n: sent.headers[n] for n in names}, body)
    request.context["timestamp"] = sent.headers["X-Amz-Date"]
    signer: Any = SigV4Auth(KEYS, "execute-api", "eu-central-1")
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    return str(signer.signature(to_sign, request))


@pytest.mark.parametrize(
    ("token", "logged_in", "status", "challenge", "fix"),
    [
        (None, False, 401, "Bearer", "SLIPWAY_TOKEN, or log in to AWS"),
        ("old", False, 401, 'Bearer error="invalid_token"', "a new token"),
        ("t", False, 403, 'Bearer scope="workflows:operate" error="insufficient_scope"', "operate"),
        (None, True, 403, "", "ReaderPolicy, WriterPolicy or OperatorPolicy"),
    ],
)
def test_a_refusal_by_the_gateway_is_one_line_with_the_fix_and_exit_code_5(
    token: str | None,
    logged_in: bool,
    status: int,
    challenge: str,
    fix: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if logged_in:
        log_in(monkeypatch)
    gateway = Gateway(status, {"message": "Forbidden"}, WWW_Authenticate=challenge)

    with pytest.raises(CliError) as stopped:
        client(gateway, token, monkeypatch).get("/workflows")

    assert stopped.value.exit_code is Exit.REFUSED
    assert fix in stopped.value.line
    assert "\n" not in stopped.value.line


def test_the_fix_of_a_function_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"code": "forbidden", "detail": "this needs the scope x", "fix": "get one"}

    with pytest.raises(CliError) as stopped:
        client(Gateway(403, told), "t", monkeypatch).get("/workflows")

    assert (stopped.value.code, stopped.value.fix) == ("forbidden", "get one")
