"""The front is API Gateway and S3 for this user, and for nobody else."""

import base64
import gzip
import http.client
import socket
import threading
import time
from contextlib import ExitStack
from typing import Any

import pytest
from tests.integration.local.conftest import Small, ask

from slipway_local.front.server import CONNECTIONS


def test_a_function_gets_what_api_gateway_would_give_it(small: Small) -> None:
    reply = small.ask("GET", "/echo/a%20b/c%2541?x=1&x=2&y=%20")

    event = reply.json()["event"]
    assert event["version"] == "2.0"
    assert event["routeKey"] == "ANY /echo/{proxy+}"
    assert event["rawPath"] == "/echo/a b/c%41"
    assert event["rawQueryString"] == "x=1&x=2&y=%20"
    assert event["queryStringParameters"] == {"x": "1,2", "y": " "}
    assert event["pathParameters"] == {"proxy": "a b/c%41"}
    assert event["requestContext"]["authorizer"] == {
        "lambda": {
            "owner": "local",
            "scopes": "workflows:operate workflows:read workflows:write",
        }
    }
    assert event["requestContext"]["http"]["method"] == "GET"
    assert 15_000 < reply.json()["left_ms"] <= 20_000


def test_a_body_that_is_not_text_arrives_in_base64(small: Small) -> None:
    body = gzip.compress(b"hello")

    reply = small.ask("POST", "/echo/x", body, **{"Content-Type": "application/gzip"})

    assert reply.json()["event"]["isBase64Encoded"] is True


def test_a_body_that_only_says_it_is_text_arrives_in_base64_too(small: Small) -> None:
    body = b'{"labels": {"a": "\xe9"}}'

    event = small.ask("POST", "/echo/x", body, **{"Content-Type": "application/json"}).json()

    assert event["event"]["isBase64Encoded"] is True
    assert base64.b64decode(event["event"]["body"]) == body


def test_a_path_without_a_route_is_404_and_another_method_405(small: Small) -> None:
    assert small.ask("GET", "/nothing").status == 404
    refused = small.ask("DELETE", "/notes/x")
    assert (refused.status, refused.json()["code"]) == (405, "method_not_allowed")
    assert refused.headers["Allow"] == "POST"


def test_a_body_over_the_limit_of_the_api_is_413(small: Small) -> None:
    assert small.ask("POST", "/echo/x", b"x" * (10 * 1024 * 1024 + 1)).status == 413


def test_a_handler_that_raises_is_a_500_without_details(small: Small) -> None:
    small.seen.TROUBLE["echo"] = [RuntimeError("the password is 1234")]

    reply = small.ask("GET", "/echo/x")

    assert (reply.status, reply.json()["code"]) == (500, "defect")
    assert b"1234" not in reply.body
    assert "the password is 1234" in (small.system.logs.folder / "Echo.log").read_text()


def test_another_user_of_the_machine_has_no_token_and_gets_nowhere(small: Small) -> None:
    reply = ask("GET", f"{small.system.url}/echo/x")
    guess = ask("GET", f"{small.system.url}/echo/x", headers={"Authorization": "Bearer guess"})

    assert (reply.status, guess.status) == (401, 401)
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_a_public_route_asks_for_no_token(small: Small) -> None:
    assert ask("GET", f"{small.system.url}/health").status == 200


def test_a_web_page_whose_name_points_here_is_refused(small: Small) -> None:
    assert small.ask("GET", "/echo/x", Host="evil.example:80").status == 421


def test_a_web_page_of_another_origin_is_refused_and_told_nothing(small: Small) -> None:
    reply = small.ask("GET", "/echo/x", Origin="https://evil.example")

    assert reply.status == 403
    assert "Access-Control-Allow-Origin" not in reply.headers


def test_a_source_is_uploaded_and_fetched_with_presigned_urls_alone(small: Small) -> None:
    urls = small.ask("POST", "/uploads").json()

    put = ask("PUT", urls["put"], b"archive", {"Content-Type": "application/gzip"})
    got = ask("GET", urls["get"])

    assert put.status == 200
    assert (got.status, got.body) == (200, b"archive")
    assert got.headers["Content-Type"] == "application/gzip"


def test_what_users_wrote_is_saved_where_its_url_says_so_and_its_type_is_not_guessed(
    small: Small,
) -> None:
    urls = small.ask("POST", "/uploads").json()
    ask("PUT", urls["put"], b"<script>", {"Content-Type": "application/gzip"})

    saved, got = (ask("GET", urls[how]) for how in ("save", "get"))

    assert saved.headers["Content-Disposition"] == "attachment"
    assert "Content-Disposition" not in got.headers
    assert {each.headers["X-Content-Type-Options"] for each in (saved, got)} == {"nosniff"}
    assert ask("GET", urls["save"].replace("attachment", "inline")).status == 403


@pytest.mark.parametrize(
    ("change", "content_type"),
    [
        (("uploads/a%20b", "uploads/other"), "application/gzip"),
        (("X-Amz-Expires=60", "X-Amz-Expires=600"), "application/gzip"),
        (("X-Amz-Date", "X-Amz-Nothing"), "application/gzip"),
        (("?", "?"), "text/html"),
    ],
)
def test_a_url_that_was_changed_is_worth_nothing(
    small: Small, change: tuple[str, str], content_type: Any
) -> None:
    url = small.ask("POST", "/uploads").json()["put"].replace(*change, 1)

    assert ask("PUT", url, b"x", {"Content-Type": content_type}).status == 403


def test_a_url_for_reading_is_not_one_for_writing(small: Small) -> None:
    urls = small.ask("POST", "/uploads").json()

    assert ask("PUT", urls["get"], b"x").status == 403


def test_an_upload_over_the_limit_is_refused_before_it_is_read(small: Small) -> None:
    url = small.ask("POST", "/uploads").json()["put"]
    host, path = url.removeprefix("http://").split("/", 1)
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.putrequest("PUT", f"/{path}")
    connection.putheader("Content-Type", "application/gzip")
    connection.putheader("Content-Length", str(300_000_000))
    connection.endheaders()

    answer = connection.getresponse()

    assert (answer.status, b"EntityTooLarge" in answer.read()) == (400, True)
    connection.close()


def test_an_upload_that_breaks_off_leaves_no_object(small: Small) -> None:
    url = small.ask("POST", "/uploads").json()
    host, path = url["put"].removeprefix("http://").split("/", 1)
    name, port = host.split(":")
    before = ask("GET", url["get"]).body
    with socket.create_connection((name, int(port)), 10) as broken:
        head = f"PUT /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/gzip\r\n"
        broken.sendall(f"{head}Content-Length: 100\r\n\r\nonly this".encode())
        broken.shutdown(socket.SHUT_WR)
        assert b"400" in broken.recv(1000).split(b"\r\n")[0]

    assert ask("GET", url["get"]).body == before


def test_a_client_that_says_nothing_does_not_hold_up_the_others(small: Small) -> None:
    name, port = small.system.url.removeprefix("http://").split(":")
    with socket.create_connection((name, int(port)), 10):
        began = time.monotonic()
        assert small.ask("GET", "/health").status == 200
        assert time.monotonic() - began < 5


def test_clients_that_only_idle_make_room_for_the_others(small: Small) -> None:
    name, port = small.system.url.removeprefix("http://").split(":")
    with ExitStack() as stack:
        for _ in range(CONNECTIONS + 5):
            stack.enter_context(socket.create_connection((name, int(port)), 10))
        before = threading.active_count()

        assert small.ask("GET", "/health").status == 200
        assert threading.active_count() - before <= CONNECTIONS
