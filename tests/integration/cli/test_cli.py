"""The command line as a person or a script meets it, with stand-ins in memory."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.shell import APPS, WITHIN_S, Shell


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """`slipway up` runs meanwhile."""
    shell = Shell(tmp_path_factory.mktemp("up"))
    command = shell.command("up", "--port", "0", "--json")
    with subprocess.Popen(command, env=shell.environment, stdout=subprocess.PIPE) as up:
        assert up.stdout is not None
        while up.stdout.readline().strip() != b"}":
            assert up.poll() is None
        yield shell
        up.send_signal(signal.SIGINT)
        assert up.wait(WITHIN_S) == 0


def _document(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)


def test_deploy_without_engines_says_rehearsal_in_its_first_line(shell: Shell) -> None:
    done = shell.run("deploy", APPS / "flask", "--name", "shop")

    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0].startswith("REHEARSAL")
    assert "NOT scanned" in done.stderr
    assert "COMPLETED" in done.stdout


def test_deploy_with_json_prints_one_document_and_nothing_else(shell: Shell) -> None:
    done = shell.run("deploy", APPS / "express", "--name", "shop", "--json")

    view = _document(done)
    assert (view["status"], view["rehearsal"]) == ("COMPLETED", True)
    assert view["service"] == {"namespace": "shop", "name": "shop", "port": 80}
    assert [step["status"] for step in view["steps"]] == ["DONE"] * len(view["steps"])


def test_secrets_among_the_settings_and_the_leave_to_adopt_reach_the_system_as_meant(
    shell: Shell,
) -> None:
    asked = ["--name", "shop", "--adopt", "--env", "DB_PASSWORD=hunter2", "--env", "TEA=assam"]

    done = shell.run("deploy", APPS / "flask", *asked, "--json")

    request = _document(done)["request"]
    assert request["options"]["adopt"] is True
    assert request["app"]["env"] == {"DB_PASSWORD": "***", "TEA": "assam"}
    assert "hunter2" not in done.stdout + done.stderr


def test_a_plan_says_as_whom_an_image_without_a_user_runs(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "Dockerfile").write_text("FROM busybox:1.37\nCMD ['sh']\n")

    done = shell.run("plan", tmp_path / "shop")

    (told,) = [line for line in done.stdout.splitlines() if line.startswith("info ")]
    assert "10001" in told
    assert "USER" in told


def test_a_build_that_fails_is_rolled_back_with_the_cause_first(
    shell: Shell, tmp_path: Path
) -> None:
    source = tmp_path / "broken"
    source.mkdir()
    (source / "Dockerfile").write_text("FROM busybox:1.37\nRUN exit 1\nCMD ['sh']\n")

    done = shell.run("deploy", source)

    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[0].startswith("build_failed in build_image")
    assert "nothing left" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["/no/such/path"], "there is no /no/such/path"),
        ([""], "PATH: '' names no folder"),
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
    parts = _document(shell.run("doctor", "--json", **{setting: value}))["parts"]
    (part,) = [part for part in parts if part["state"] == "unreachable"]
    assert done.stderr == f"slipway: {setting}: {part['detail']} (fix: {part['fix']})\n"


def test_an_unknown_setting_is_refused_by_name(shell: Shell) -> None:
    done = shell.run("list", SLIPWAY_REGISTRI="x")

    assert done.returncode == 3
    assert "SLIPWAY_REGISTRI" in done.stderr


def test_an_error_with_json_is_a_document_too(shell: Shell) -> None:
    done = shell.run("deploy", "/no/such/path", "--json")

    assert _document(done)["error"]["code"] == "no_such_path"
    assert done.returncode == 3


def test_plan_says_where_it_read_what_it_says(shell: Shell) -> None:
    told = shell.run("plan", APPS / "flask").stdout.splitlines()

    assert told[0].split() == ["fact", "value", "asked", "for", "in"]
    assert next(line for line in told if line.startswith("version")).endswith(".python-version:1")
    (places,) = [line for line in told if line.startswith("read from: ")]
    assert places.startswith("read from: requirements.txt:1, app.py:7, ")


def test_reading_without_a_running_system_says_how_to_start_one(shell: Shell) -> None:
    done = shell.run("list")

    assert done.returncode == 4
    assert "slipway up" in done.stderr
    assert "none has kept anything yet" in done.stderr


def test_a_deploy_that_has_ended_can_be_read_although_nothing_runs(
    shell: Shell, tmp_path: Path
) -> None:
    source = tmp_path / "broken"
    source.mkdir()
    (source / "Dockerfile").write_text("FROM busybox:1.37\nRUN exit 1\nCMD ['sh']\n")
    view = _document(shell.run("deploy", source, "--json"))
    workflow_id = view["workflow_id"]

    assert _document(shell.run("list", "--json"))["items"] == [view]
    assert _document(shell.run("status", workflow_id, "--json")) == view
    assert _document(shell.run("receipt", workflow_id, "--json")) == view["receipt"]
    timeline = _document(shell.run("timeline", workflow_id, "--json"))
    assert timeline["items"][-1]["type"] == "slipway.workflow.compensated"
    cancelled = shell.run("cancel", workflow_id)
    assert cancelled.returncode == 4
    assert "slipway up" in cancelled.stderr


def test_the_logs_of_a_deploy_that_has_ended_are_kept(shell: Shell) -> None:
    view = _document(shell.run("deploy", APPS / "flask", "--name", "shop", "--json"))

    logs = _document(shell.run("logs", view["workflow_id"], "--json"))["logs"]

    assert "FROM" in logs["build_image"]


def test_a_state_file_that_is_damaged_is_named_and_left_as_it_is(shell: Shell) -> None:
    state = Path(shell.environment["SLIPWAY_STATE"])
    state.mkdir()
    (state / "system.sqlite3").write_bytes(b"tea leaves" * 500)

    for verb in (["list"], ["deploy", APPS / "static"]):
        done = shell.run(*verb)
        assert done.returncode == 4
        assert str(state / "system.sqlite3") in done.stderr
        assert "damaged" in done.stderr
    assert (state / "system.sqlite3").read_bytes() == b"tea leaves" * 500


def test_plan_has_no_side_effect_and_the_promised_shape(shell: Shell) -> None:
    done = shell.run("plan", APPS / "fastapi", "--json")

    told = _document(done)
    assert set(told) == {
        "components", "chosen", "dockerfile", "dockerignore", "manifests", "findings",
    }  # fmt: skip
    assert told["components"][0]["framework"] == "fastapi"
    assert not (Path(shell.environment["SLIPWAY_STATE"]) / "up.json").exists()


def test_what_was_deployed_can_be_read_from_a_running_system(running: Shell) -> None:
    deployed = running.run("deploy", APPS / "go", "--name", "gopher", "--json")
    workflow_id = _document(deployed)["workflow_id"]

    assert deployed.stderr.splitlines()[0].startswith("REHEARSAL")
    listed = _document(running.run("list", "--json"))
    assert workflow_id in [view["workflow_id"] for view in listed["items"]]
    timeline = _document(running.run("timeline", workflow_id, "--json"))
    assert timeline["items"][-1]["type"] == "slipway.workflow.completed"
    assert "FROM" in _document(running.run("logs", workflow_id, "--json"))["logs"]["build_image"]
    assert running.run("status", workflow_id).returncode == 0
    assert running.run("watch", workflow_id).returncode == 0


def test_who_names_a_registry_gets_no_rehearsal_from_a_running_one(running: Shell) -> None:
    meant = {"SLIPWAY_REGISTRY": "127.0.0.1:9/apps"}

    done = running.run("deploy", APPS / "static", "--name", "meant", "--json", **meant)

    assert (done.returncode, _document(done)["error"]["code"]) == (5, "other_world")
    assert "fix: unset SLIPWAY_REGISTRY" in done.stderr
    assert "wf_" not in done.stderr


def test_a_workflow_that_has_ended_cannot_be_cancelled(running: Shell) -> None:
    deployed = running.run("deploy", APPS / "static", "--name", "pages", "--json")

    done = running.run("cancel", _document(deployed)["workflow_id"])

    assert done.returncode == 5
    assert "has ended" in done.stderr
    assert "`slipway status ID`" in done.stderr


def test_a_workflow_that_is_not_there_is_bad_input(running: Shell) -> None:
    assert running.run("status", "wf_aaaaaaaaaaaaaaaaaaaaaaaa").returncode == 3


def test_a_second_system_in_the_same_folder_is_refused(running: Shell) -> None:
    assert running.run("up", "--port", "0").returncode == 5


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


def test_doctor_says_what_is_missing_and_what_to_do(shell: Shell) -> None:
    done = shell.run("doctor", "--json")

    parts = {part["part"]: part for part in _document(done)["parts"]}
    assert set(parts) == {"engine", "registry", "cluster", "scanner", "credentials", "state"}
    assert parts["registry"]["fix"]


def test_sweep_of_a_world_without_leftovers_says_so(shell: Shell) -> None:
    done = shell.run("sweep")

    assert done.returncode == 0, done.stderr
    assert "nothing is left" in done.stdout


def test_sweep_with_json_is_one_document_and_spares_what_completed(running: Shell) -> None:
    deployed = running.run("deploy", APPS / "flask", "--name", "swept", "--json")
    assert deployed.returncode == 0, deployed.stderr

    for arguments in (("--dry-run",), (), ("--grace", "5")):
        done = running.run("sweep", *arguments, "--json")
        assert done.returncode == 0, done.stderr
        assert _document(done) == {
            "dry_run": arguments == ("--dry-run",),
            "rescued": [],
            "items": [],
            "unreachable": [],
        }


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
    (state,) = [part for part in _document(examined)["parts"] if part["part"] == "state"]
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
    assert _document(planned) == _document(deployed)
    assert _document(planned)["error"]["code"] == code


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
    said, document = shell.run(*arguments), shell.run(*arguments[:1], "--json", *arguments[1:])

    assert (said.returncode, document.returncode) == (3, 3)
    (line,) = said.stderr.splitlines()
    assert told in line
    assert fix in line
    assert said.stdout == ""
    assert _document(document)["error"]["code"] == "invalid_usage"


def test_an_app_that_was_given_no_name_is_told_its_own(shell: Shell, tmp_path: Path) -> None:
    source = tmp_path / "123"
    source.mkdir()
    (source / "Dockerfile").write_text("FROM busybox:1.37\nCMD ['sh']\n")

    planned, deployed = shell.run("plan", source), shell.run("deploy", source)

    told = "app: app-123 (from the folder's name; --name chooses another)"
    assert told in planned.stderr.splitlines()
    assert told in deployed.stderr.splitlines()[:6]


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

    assert (done.returncode, _document(done)["error"]["code"]) == (3, "invalid_usage")
    assert len(done.stderr.splitlines()) == 1
    assert "(fix: `slipway " in done.stderr
