"""Bad input is one line that names the field and the fix, and an exit code; nothing is begun."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.shell import APPS, Shell, document


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["/no/such/path"], "/no/such/path does not exist"),
        ([""], "PATH: '' is blank"),
        ([APPS / "flask", "--name", "Not_A_Name"], "app.name"),
        ([APPS / "flask", "--namespace", "-x"], "app.namespace"),
        ([APPS / "flask", "--port", "80"], "app.port"),
        ([APPS / "flask", "--env", "PORT=6000"], "app.env.PORT"),
        ([APPS / "flask", "--env", "novalue"], "--env"),
        ([APPS / "flask", "--env", "TEA=1", "--env", "TEA=2"], "'TEA' is given twice"),
        ([APPS / "flask", "--component", "nowhere"], "nowhere"),
        ([APPS / "flask", "--on-failure", "advise"], "not available yet"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_3(
    shell: Shell, arguments: list[str | Path], told: str
) -> None:
    done = shell.run("deploy", *arguments)

    assert done.returncode == 3
    errors = [line for line in done.stderr.splitlines() if line.startswith("slipway: ")]
    assert len(errors) == 1
    assert told in errors[0]
    assert "packed" not in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_folder_and_an_unknown_language_are_refused_before_anything_is_done(
    shell: Shell, tmp_path: Path
) -> None:
    empty, unknown = tmp_path / "empty", tmp_path / "unknown"
    for folder in (empty, unknown):
        folder.mkdir()
    (unknown / "main.cob").write_text("DISPLAY 'HELLO'.")

    for folder in (empty, unknown):
        done = shell.run("deploy", folder)
        assert done.returncode == 3
        assert "workflow wf_" not in done.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DOCKER_HOST", "tcp://127.0.0.1:9"),
        ("SLIPWAY_REGISTRY", "127.0.0.1:9/apps"),
        ("KUBECONFIG", "/no/such/kubeconfig"),
    ],
)
def test_what_is_named_and_does_not_answer_is_exit_code_4(
    shell: Shell, setting: str, value: str
) -> None:
    done = shell.run("deploy", APPS / "flask", **{setting: value})

    assert done.returncode == 4
    assert setting in done.stderr
    parts = document(shell.run("doctor", "--json", **{setting: value}))["parts"]
    (part,) = [part for part in parts if part["state"] == "unreachable"]
    assert done.stderr == f"slipway: {setting}: {part['detail']} (fix: {part['fix']})\n"


def test_an_unknown_setting_is_refused_by_name(shell: Shell) -> None:
    done = shell.run("list", SLIPWAY_REGISTRI="x")

    assert done.returncode == 3
    assert "SLIPWAY_REGISTRI" in done.stderr


def test_an_error_with_json_is_a_document_too(shell: Shell) -> None:
    done = shell.run("deploy", "/no/such/path", "--json")

    assert document(done)["error"]["code"] == "no_such_path"
    assert done.returncode == 3


@pytest.mark.parametrize("port", ["99999", "-1"])
def test_a_port_that_cannot_be_is_one_line_with_the_option(shell: Shell, port: str) -> None:
    done = shell.run("up", "--port", port)

    assert (done.returncode, done.stderr.count("\n")) == (3, 1), done.stderr
    assert "--port" in done.stderr
    assert "65535" in done.stderr


def test_a_port_that_another_program_has_is_one_line_with_the_option(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = shell.run("up", "--port", port)

    assert done.returncode == 5
    assert done.stderr.splitlines()[-1].startswith(f"slipway: port {port} of 127.0.0.1: ")
    assert "--port" in done.stderr


@pytest.mark.parametrize("folder", ["/proc/foo", "/dev/null", "/dev/null/state", "~nobody0/it"])
def test_a_state_folder_that_cannot_be_is_one_line_with_the_setting(
    shell: Shell, folder: str
) -> None:
    for verb in (["deploy", APPS / "static"], ["up", "--port", "0"], ["sweep"]):
        done = shell.run(*verb, SLIPWAY_STATE=folder)
        assert done.returncode == 3, done.stderr
        assert done.stderr.count("\n") == 1
        assert f"SLIPWAY_STATE: {folder}" in done.stderr
    examined = shell.run("doctor", "--json", SLIPWAY_STATE=folder)
    (state,) = [part for part in document(examined)["parts"] if part["part"] == "state"]
    assert (examined.returncode, state["state"]) == (3, "unusable")
    assert "SLIPWAY_STATE" in state["fix"]


def _sparse(folder: Path) -> None:
    with (folder / "disk.img").open("wb") as file:
        file.truncate(64_000_000)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_sparse, "archive_ratio"),
        (lambda folder: (folder / "out").symlink_to("/etc/passwd"), "archive_link"),
        (lambda folder: os.mkfifo(folder / "pipe"), "archive_device"),
    ],
)
def test_plan_refuses_what_deploy_refuses(
    shell: Shell, tmp_path: Path, spoil: Callable[[Path], None], code: str
) -> None:
    source = tmp_path / "shop"
    source.mkdir()
    (source / "Dockerfile").write_text("FROM busybox:1.37\nCMD ['sh']\n")
    spoil(source)

    planned, deployed = (shell.run(verb, source, "--json") for verb in ("plan", "deploy"))

    assert (planned.returncode, deployed.returncode) == (3, 3), deployed.stderr
    assert document(planned) == document(deployed)
    assert document(planned)["error"]["code"] == code


@pytest.mark.parametrize(
    ("arguments", "told", "fix"),
    [
        (["deploy"], "PATH", "slipway deploy --help"),
        (["deploy", "x", "--port", "abc"], "--port", "slipway deploy --help"),
        (["deploy", "x", "--port"], "--port", "--help"),
        (["list", "--limit", "0"], "--limit", "slipway list --help"),
        (["frob"], "frob", "slipway --help"),
    ],
)
def test_a_typo_is_one_line_with_the_fix_or_one_document(
    shell: Shell, arguments: list[str], told: str, fix: str
) -> None:
    said, as_json = shell.run(*arguments), shell.run(*arguments[:1], "--json", *arguments[1:])

    assert (said.returncode, as_json.returncode) == (3, 3)
    (line,) = said.stderr.splitlines()
    assert told in line
    assert fix in line
    assert said.stdout == ""
    assert document(as_json)["error"]["code"] == "invalid_usage"


@pytest.mark.parametrize(
    "arguments",
    [
        ["logs", "../../x"],
        ["status", "wf_aaaaaaaa/receipt"],
        ["cancel", "wf_aaaaaaaa?x"],
        ["resolve", "wf_aaaaaaaa", "../cancel", "retry"],
    ],
)
def test_what_can_be_no_id_never_becomes_a_part_of_an_address(
    running: Shell, arguments: list[str]
) -> None:
    done = running.run(*arguments, "--json")

    assert (done.returncode, document(done)["error"]["code"]) == (3, "invalid_usage")
    assert len(done.stderr.splitlines()) == 1
    assert "(fix: `slipway " in done.stderr
