"""However a command ends, its code tells the truth, in one line and without a secret."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from tests.loopback import Quiet, served
from tests.shell import APPS, ROOT, WITHIN_S, Shell

WORKFLOW = "wf_aaaaaaaaaaaaaaaaaaaaaaaa"


@contextmanager
def service(body: bytes) -> Iterator[str]:
    """Some service, which answers everything with the same."""

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

    with served(Handler) as place:
        yield f"http://{place}"


def code_of(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.stderr.count("\n") == 1, done.stderr
    return json.loads(done.stdout)["error"]["code"]


@pytest.mark.parametrize("token", ["mytok3n\r", "mytok3n\n", "my tok3n", "mytok3n\u2713"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(
    shell: Shell, token: str
) -> None:
    done = shell.run("list", "--json", SLIPWAY_URL="http://127.0.0.1:9", SLIPWAY_TOKEN=token)

    assert (done.returncode, code_of(done)) == (3, "invalid_token")
    assert "tok3n" not in done.stdout + done.stderr


def test_a_login_in_the_url_of_what_does_not_answer_is_not_shown(shell: Shell) -> None:
    done = shell.run("list", "--json", SLIPWAY_URL="http://me:hunter2@127.0.0.1:9")

    assert (done.returncode, code_of(done)) == (4, "unreachable")
    assert "hunter2" not in done.stdout + done.stderr


def test_what_is_no_url_is_bad_input(shell: Shell) -> None:
    done = shell.run("list", SLIPWAY_URL="http://[")

    assert (done.returncode, done.stderr.count("SLIPWAY_URL")) == (3, 1)


@pytest.mark.parametrize("body", [b'{"tea": "assam"}', b"[]", b"<html>", b"\xff"])
@pytest.mark.parametrize("verb", [["list"], ["status", WORKFLOW], ["sessions"], ["stats"]])
def test_another_service_is_told_from_slipway(shell: Shell, body: bytes, verb: list[str]) -> None:
    with service(body) as url:
        done = shell.run(*verb, "--json", SLIPWAY_URL=url)

    assert (done.returncode, code_of(done)) == (4, "not_slipway")
    assert url in done.stderr


@pytest.mark.parametrize("note", ["{", "[]", '{"url": "http://127.0.0.1:9"}', ""])
def test_where_a_system_is_that_is_gone_need_not_be_readable(shell: Shell, note: str) -> None:
    state = Path(shell.environment["SLIPWAY_STATE"])
    state.mkdir()
    (state / "up.json").write_text(note)

    listed = shell.run("list", "--json")

    assert (listed.returncode, code_of(listed)) == (4, "not_running")
    assert shell.run("deploy", APPS / "static", "--name", "shop").returncode == 0


def test_an_interrupt_before_anything_has_begun_is_no_traceback(
    shell: Shell, tmp_path: Path
) -> None:
    """Ctrl-C comes while the first library is imported."""
    (tmp_path / "typer.py").write_text("import os\nos.kill(os.getpid(), 2)\n")
    path = f"{tmp_path}:{shell.environment['PYTHONPATH']}"

    done = shell.run("list", "--json", PYTHONPATH=path)

    assert (done.returncode, code_of(done)) == (130, "interrupted")


def test_a_defect_has_a_code_of_its_own_and_tells_no_values(shell: Shell) -> None:
    with service(b'{"items": ["hunter2"]}') as url:
        done = shell.run("list", "--json", SLIPWAY_URL=url)

    assert (done.returncode, code_of(done)) == (70, "defect")
    assert "TypeError, at cli/reading.py:" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_reader_that_has_gone_changes_no_code(shell: Shell, form: list[str]) -> None:
    with subprocess.Popen(
        shell.command("deploy", APPS / "static", "--name", "shop", *form),
        env=shell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as deploy:
        assert deploy.stdout is not None
        assert deploy.stderr is not None
        deploy.stdout.close()
        said = deploy.stderr.read()
        assert deploy.wait(WITHIN_S) == 0, said

    assert "Broken" not in said
    assert "COMPLETED" in shell.run("list").stdout


def test_a_result_for_which_there_is_no_room_is_told_apart_from_a_rollback(shell: Shell) -> None:
    for asked in (["deploy", APPS / "static", "--name", "shop"], ["list", "--json"], ["--help"]):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                shell.command(*asked),
                env=shell.environment,
                cwd=ROOT,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                timeout=WITHIN_S,
                check=False,
            )

        assert done.returncode == 74, done.stderr
        assert "No space left on device" in done.stderr.splitlines()[-1]
        assert "Traceback" not in done.stderr
    assert "COMPLETED" in shell.run("list").stdout


def test_streams_that_are_closed_from_the_start_change_no_code(shell: Shell) -> None:
    command = " ".join(shell.command("doctor", "--json"))

    done = subprocess.run(
        ["sh", "-c", f"exec {command} >&- 2>&-"], env=shell.environment, check=False
    )

    assert done.returncode == 0
