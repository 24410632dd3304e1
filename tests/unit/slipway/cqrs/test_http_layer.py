"""Whatever a client sends, it gets an answer; every error is problem+json with field and fix."""

import base64
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel
from tests.unit.slipway.cqrs.stories import SHOP, Reply, ask

from slipway.cqrs import answers
from slipway.cqrs.bus import CommandBus
from slipway.cqrs.http import Endpoint
from slipway.cqrs.middleware import authorization, validation
from slipway.cqrs.problem import Refused, Status
from slipway.cqrs.request import MAX_BODY_BYTES, Call
from slipway.messages.commands import CancelWorkflow, OfferUpload
from slipway.messages.views import Accepted
from slipway.saga.errors import Unavailable
from slipway.saga.store import Conflict


def echo(command: CancelWorkflow, call: Call) -> Accepted:
    """Answers with what arrived: the owner in the place of the id."""
    return Accepted(workflow_id=f"{call.owner}/{command.reason}", version=1)


def at_the_door(function: Any, message: type[BaseModel]) -> Endpoint:
    bus = CommandBus((authorization, validation))
    bus.register(message, function, scope="workflows:write")
    return Endpoint(bus, message, answers.accepted)


ECHO = at_the_door(echo, CancelWorkflow)


def post(body: Any = None, **more: Any) -> Reply:
    return ask(ECHO, "POST", path={"id": SHOP}, body=body, **more)


@pytest.mark.parametrize(
    ("body", "headers", "status", "code", "field"),
    [
        ("{", {}, 400, "malformed_json", "body"),
        ("[]", {}, 400, "malformed_json", "body"),
        ('{"reason": NaN}', {}, 400, "malformed_json", "body"),
        ("[" * 100_000, {}, 400, "malformed_json", "body"),
        ('{"reason": ""}', {}, 400, "invalid_request", "reason"),
        ('{"why": "x"}', {}, 400, "invalid_request", "why"),
        ('{"reason": "\\ud800"}', {}, 400, "invalid_request", "reason"),
        ('{"why": [{"x": "\\udfff!"}]}', {}, 400, "invalid_request", "why.0.x"),
        ('{"reason": "a", "reason": "b"}', {}, 400, "invalid_request", "reason"),
        ('{"why": [{"x": {"y": 1, "y": 1}}]}', {}, 400, "invalid_request", "why.0.x.y"),
        ('{"\\ud800": 1, "\\ud800": 2}', {}, 400, "invalid_request", "a name in body"),
        ('{"\\ud800": {"x": "\\ud800"}}', {}, 400, "invalid_request", "a name in body"),
        ('{"workflow_id": "wf_anotheranother"}', {}, 400, "invalid_request", "workflow_id"),
        ("reason=x", {"Content-Type": "text/plain"}, 415, "unsupported_media_type", "Content-Type"),
        ("x" * (MAX_BODY_BYTES + 1), {}, 413, "body_too_large", "body"),
        ("{}", {"Idempotency-Key": ""}, 400, "invalid_request", "Idempotency-Key"),
        ("{}", {"Idempotency-Key": "k" * 256}, 400, "invalid_request", "Idempotency-Key"),
        ("{}", {"Idempotency-Key": "a\tb"}, 400, "invalid_request", "Idempotency-Key"),
    ],
)
def test_bad_input_is_refused_with_the_field_and_the_fix(
    body: str, headers: dict[str, str], status: int, code: str, field: str
) -> None:
    reply = post(body, headers=headers)

    assert (reply.status, reply.json["code"], reply.json["field"]) == (status, code, field)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["status"] == status
    assert reply.json["fix"]
    assert reply.json["type"] == f"urn:slipway:problem:{code}"


def test_a_body_in_base64_is_read_and_a_broken_one_refused() -> None:
    good = base64.b64encode(b'{"reason": "tea"}').decode()

    assert post(good, isBase64Encoded=True).json["workflow_id"] == "anna/tea"
    assert post("!", isBase64Encoded=True).json["code"] == "malformed_json"


def test_a_body_of_bytes_that_are_no_utf_8_is_refused_and_not_mended() -> None:
    latin = base64.b64encode('{"reason": "thé"}'.encode("latin-1")).decode()

    refused = post(latin, isBase64Encoded=True)

    assert (refused.status, refused.json["code"]) == (400, "malformed_json")
    assert "UTF-8" in refused.json["detail"]


@pytest.mark.parametrize(
    ("number", "detail"),
    [
        ("NaN", "NaN is not a JSON number"),
        ("-Infinity", "-Infinity is not a JSON number"),
        ("9" * 5000, "a number has 5000 digits; the limit is 4300"),
    ],
)
def test_a_number_that_is_none_is_named(number: str, detail: str) -> None:
    refused = post(f'{{"reason": {number}}}')

    assert (refused.status, refused.json["code"]) == (400, "malformed_json")
    assert refused.json["detail"] == detail


@pytest.mark.parametrize("key", ["", "é", "\t", "k" * 256])
def test_a_key_that_cannot_be_is_told_which_ones_can(key: str) -> None:
    refused = post("{}", headers={"Idempotency-Key": key})

    assert refused.json["detail"] == "Idempotency-Key is not 1 to 255 printable ASCII characters"


def test_the_path_is_decoded_once_which_the_gateway_has_done() -> None:
    reply = ask(ECHO, "POST", path={"id": SHOP.replace("_", "%5F")}, body={})

    assert (reply.status, reply.json["field"]) == (400, "workflow_id")


def test_an_empty_body_is_an_empty_request() -> None:
    assert post(None).status == 202


def test_all_errors_of_a_request_are_told_at_once() -> None:
    reply = post({"reason": "", "why": "x"})

    assert [e["field"] for e in reply.json["errors"]] == ["reason", "why"]


def test_without_an_identity_nobody_is_served() -> None:
    reply = post({}, owner=None, headers={"x-owner": "anna"})

    assert (reply.status, reply.json["code"]) == (401, "unauthenticated")
    assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (Unavailable("aws_busy", "cannot read"), 503, "5"),
        (Conflict("wf"), 503, "1"),
        (ZeroDivisionError("password is hunter2"), 500, None),
    ],
)
def test_errors_from_inside_become_problems_and_a_defect_tells_nothing(
    error: Exception, status: int, retry_after: str | None
) -> None:
    def broken(_command: OfferUpload, _call: Call) -> Accepted:
        raise error

    reply = ask(at_the_door(broken, OfferUpload), "POST", body={})

    assert reply.status == status
    assert reply.headers.get("retry-after") == retry_after
    assert "hunter2" not in reply.text


@pytest.mark.parametrize(("code", "status"), [("sold_out", 410), ("not_found", 404), ("odd", 400)])
def test_a_shop_has_codes_of_its_own_and_what_nobody_knows_is_the_request_s_fault(
    code: str, status: int
) -> None:
    def sold(_command: OfferUpload, _call: Call) -> Accepted:
        raise Refused(code, "there are no kettles", kettles=0)

    shop = replace(at_the_door(sold, OfferUpload), statuses={"sold_out": Status(410, 3600)})
    reply = ask(shop, "POST", body={})

    assert (reply.status, reply.json["status"], reply.json["kettles"]) == (status, status, 0)
    assert reply.headers.get("retry-after") == ("3600" if code == "sold_out" else None)
