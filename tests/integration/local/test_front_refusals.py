"""Any program of the machine can connect: it cannot fill the memory, nor make the front stumble."""

import json
import socket

import pytest
from tests.integration.local.conftest import Reply, Small, ask


def said(small: Small, *lines: str, body: bytes = b"", ends: bool = False) -> Reply:
    """The answer to exactly these bytes; `ends`: the client sends nothing after them."""
    name, port = small.system.url.removeprefix("http://").split(":")
    with socket.create_connection((name, int(port)), 10) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answer:
            status = answer.readline().split()[1]
            headers = dict(
                line.decode().rstrip().split(": ", 1) for line in iter(answer.readline, b"\r\n")
            )
            return Reply(int(status), headers, answer.read(int(headers["Content-Length"])))


def post(small: Small, *headers: str, body: bytes = b"", ends: bool = False) -> Reply:
    known = (host(small), f"Authorization: Bearer {small.system.token}")
    return said(small, "POST /echo/x HTTP/1.1", *known, *headers, body=body, ends=ends)


def host(small: Small) -> str:
    return f"Host: {small.system.url.removeprefix('http://')}"


def assert_problem(reply: Reply, status: int, code: str) -> None:
    assert reply.headers["Content-Type"] == "application/problem+json"
    told = reply.json()
    assert (reply.status, told["status"], told["code"]) == (status, status, code)
    assert told["type"] == f"urn:slipway:problem:{code}"
    assert told["title"]
    assert told["detail"]
    assert told["fix"]


def test_a_stranger_who_promises_an_endless_body_is_answered_before_it_is_read(
    small: Small,
) -> None:
    """No chunk was sent: an answer that needed one would not come."""
    chunked = "Transfer-Encoding: chunked"

    public = said(small, "GET /health HTTP/1.1", host(small), chunked)
    private = said(small, "POST /echo/x HTTP/1.1", host(small), chunked)

    assert_problem(public, 411, "length_required")
    assert_problem(private, 401, "unauthenticated")


@pytest.mark.parametrize("chunk", [b"zz\r\n", b"-5\r\nhello\r\n", b"5\r\nhelloworld"])
def test_a_malformed_chunk_is_refused_without_a_trace_on_the_terminal(
    small: Small, chunk: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    reply = post(small, "Transfer-Encoding: chunked", body=chunk)

    assert_problem(reply, 411, "length_required")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("length", ["-5", "1x", "", "+1", "9" * 5000])
def test_a_length_that_is_no_number_of_bytes_is_not_taken_for_an_empty_body(
    small: Small, length: str
) -> None:
    reply = post(small, f"Content-Length: {length}", body=b"{}")

    assert_problem(reply, 400, "malformed_request")


def test_an_upload_of_a_negative_length_makes_no_empty_object(small: Small) -> None:
    url = small.ask("POST", "/uploads").json()["put"]
    line = f"PUT {url.removeprefix(small.system.url)} HTTP/1.1"

    reply = said(small, line, host(small), "Content-Type: application/gzip", "Content-Length: -5")

    assert_problem(reply, 400, "malformed_request")


def test_a_body_that_breaks_off_is_a_bad_request(
    small: Small, capfd: pytest.CaptureFixture[str]
) -> None:
    reply = post(small, "Content-Length: 100", body=b"only this", ends=True)

    assert_problem(reply, 400, "malformed_request")
    assert capfd.readouterr() == ("", "")


def test_the_body_of_a_get_is_not_read(small: Small) -> None:
    """It is not sent either: an answer that needed it would not come."""
    known = (host(small), f"Authorization: Bearer {small.system.token}")

    reply = said(small, "GET /echo/x HTTP/1.1", *known, "Content-Length: 100")

    assert reply.status == 200
    assert "body" not in json.loads(reply.body)["event"]


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ("GET http://[ HTTP/1.1", 400, "malformed_request"),
        ("GET x y HTTP/1.1", 400, "malformed_request"),
        ("GET / HTTP/3.0", 505, "http_version_not_supported"),
    ],
)
def test_what_is_no_request_is_a_problem_too(
    small: Small, line: str, status: int, code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert_problem(said(small, line, host(small)), status, code)
    assert capfd.readouterr() == ("", "")


def test_a_request_with_two_lengths_is_refused_and_not_waited_for(small: Small) -> None:
    lengths = ["Content-Length: 0", "Content-Length: 20"]

    refused = said(small, "POST /echo/x HTTP/1.1", host(small), *lengths)

    assert_problem(refused, 400, "malformed_request")


def test_a_url_and_headers_without_end_are_problems_too(small: Small) -> None:
    too_long = "GET /".ljust(65_537, "a")  # a byte more than a line may have
    many = [f"X-{number}: 1" for number in range(101)]

    assert_problem(said(small, too_long), 414, "uri_too_long")
    assert_problem(said(small, "GET / HTTP/1.1", *many), 431, "headers_too_large")


def test_every_refusal_of_the_front_is_a_problem_document(small: Small) -> None:
    too_much = b"x" * (10 * 1024 * 1024 + 1)

    assert_problem(ask("GET", f"{small.system.url}/echo/x"), 401, "unauthenticated")
    assert_problem(small.ask("GET", "/echo/x", Origin="http://evil.example"), 403, "foreign_origin")
    lost = small.ask("GET", "/nothing")
    assert_problem(lost, 404, "no_such_route")
    assert lost.json()["fix"].startswith("docs/http.md lists the methods and paths")
    assert_problem(small.ask("POST", "/echo/x", too_much), 413, "body_too_large")
    assert_problem(small.ask("GET", "/echo/x", Host="evil.example:80"), 421, "wrong_host")


@pytest.mark.parametrize("seconds", ["9" * 20, "604801", "0", "-1", "1e3"])
def test_a_url_that_would_be_good_for_ever_is_good_for_nothing(small: Small, seconds: str) -> None:
    url = small.ask("POST", "/uploads").json()["get"]

    reply = ask("GET", url.replace("X-Amz-Expires=60", f"X-Amz-Expires={seconds}"))

    assert reply.status == 403


@pytest.mark.parametrize("part", ["X-Amz-Date=99991231T235959Z", "X-Amz-Signature=%C3%A9"])
def test_a_url_of_the_last_day_or_with_a_strange_signature_is_refused(
    small: Small, part: str
) -> None:
    url = small.ask("POST", "/uploads").json()["get"]
    name = part.partition("=")[0]
    address, _, query = url.partition("?")
    parts = [part if given.startswith(name) else given for given in query.split("&")]

    assert ask("GET", f"{address}?{'&'.join(parts)}").status == 403
