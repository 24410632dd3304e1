"""The command line as a person or a script meets it, with stand-ins in memory."""

from pathlib import Path

from tests.shell import APPS, Shell, document


def test_deploy_without_engines_says_rehearsal_in_its_first_line(shell: Shell) -> None:
    done = shell.run("deploy", APPS / "flask", "--name", "shop")

    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0].startswith("REHEARSAL")
    assert "NOT scanned" in done.stderr
    assert "COMPLETED" in done.stdout


def test_deploy_with_json_prints_one_document_and_nothing_else(shell: Shell) -> None:
    done = shell.run("deploy", APPS / "express", "--name", "shop", "--json")

    view = document(done)
    assert (view["status"], view["rehearsal"]) == ("COMPLETED", True)
    assert view["service"] == {"namespace": "shop", "name": "shop", "port": 80}
    assert [step["status"] for step in view["steps"]] == ["DONE"] * len(view["steps"])


def test_secrets_among_the_settings_and_the_leave_to_adopt_reach_the_system_as_meant(
    shell: Shell,
) -> None:
    asked = ["--name", "shop", "--adopt", "--env", "DB_PASSWORD=hunter2", "--env", "TEA=assam"]

    done = shell.run("deploy", APPS / "flask", *asked, "--json")

    request = document(done)["request"]
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


def test_plan_says_where_it_read_what_it_says(shell: Shell) -> None:
    told = shell.run("plan", APPS / "flask").stdout.splitlines()

    assert told[0].split() == ["fact", "value", "source"]
    assert next(line for line in told if line.startswith("version")).endswith(".python-version:1")
    (places,) = [line for line in told if line.startswith("read from: ")]
    assert places.startswith("read from: requirements.txt:1, app.py:7, ")


def test_reading_without_a_running_system_says_how_to_start_one(shell: Shell) -> None:
    done = shell.run("list")

    assert done.returncode == 4
    assert "slipway up" in done.stderr
    assert "there is no stored state" in done.stderr


def test_a_deploy_that_has_ended_can_be_read_although_nothing_runs(
    shell: Shell, tmp_path: Path
) -> None:
    source = tmp_path / "broken"
    source.mkdir()
    (source / "Dockerfile").write_text("FROM busybox:1.37\nRUN exit 1\nCMD ['sh']\n")
    view = document(shell.run("deploy", source, "--json"))
    workflow_id = view["workflow_id"]

    assert document(shell.run("list", "--json"))["items"] == [view]
    assert document(shell.run("status", workflow_id, "--json")) == view
    assert document(shell.run("receipt", workflow_id, "--json")) == view["receipt"]
    timeline = document(shell.run("timeline", workflow_id, "--json"))
    assert timeline["items"][-1]["type"] == "slipway.workflow.compensated"
    cancelled = shell.run("cancel", workflow_id)
    assert cancelled.returncode == 4
    assert "slipway up" in cancelled.stderr


def test_the_logs_of_a_deploy_that_has_ended_are_kept(shell: Shell) -> None:
    view = document(shell.run("deploy", APPS / "flask", "--name", "shop", "--json"))

    logs = document(shell.run("logs", view["workflow_id"], "--json"))["logs"]

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

    told = document(done)
    assert set(told) == {
        "components", "chosen", "dockerfile", "dockerignore", "manifests", "findings",
    }  # fmt: skip
    assert told["components"][0]["framework"] == "fastapi"
    assert not (Path(shell.environment["SLIPWAY_STATE"]) / "up.json").exists()


def test_what_was_deployed_can_be_read_from_a_running_system(running: Shell) -> None:
    deployed = running.run("deploy", APPS / "go", "--name", "gopher", "--json")
    workflow_id = document(deployed)["workflow_id"]

    assert deployed.stderr.splitlines()[0].startswith("REHEARSAL")
    listed = document(running.run("list", "--json"))
    assert workflow_id in [view["workflow_id"] for view in listed["items"]]
    timeline = document(running.run("timeline", workflow_id, "--json"))
    assert timeline["items"][-1]["type"] == "slipway.workflow.completed"
    assert "FROM" in document(running.run("logs", workflow_id, "--json"))["logs"]["build_image"]
    assert running.run("status", workflow_id).returncode == 0
    assert running.run("watch", workflow_id).returncode == 0


def test_who_names_a_registry_gets_no_rehearsal_from_a_running_one(running: Shell) -> None:
    meant = {"SLIPWAY_REGISTRY": "127.0.0.1:9/apps"}

    done = running.run("deploy", APPS / "static", "--name", "meant", "--json", **meant)

    assert (done.returncode, document(done)["error"]["code"]) == (5, "other_world")
    assert "fix: unset SLIPWAY_REGISTRY" in done.stderr
    assert "wf_" not in done.stderr


def test_a_workflow_that_has_ended_cannot_be_cancelled(running: Shell) -> None:
    deployed = running.run("deploy", APPS / "static", "--name", "pages", "--json")

    done = running.run("cancel", document(deployed)["workflow_id"])

    assert done.returncode == 5
    assert "has ended" in done.stderr
    assert "`slipway status ID`" in done.stderr


def test_a_workflow_that_is_not_there_is_bad_input(running: Shell) -> None:
    assert running.run("status", "wf_aaaaaaaaaaaaaaaaaaaaaaaa").returncode == 3


def test_a_second_system_in_the_same_folder_is_refused(running: Shell) -> None:
    assert running.run("up", "--port", "0").returncode == 5


def test_doctor_says_what_is_missing_and_what_to_do(shell: Shell) -> None:
    done = shell.run("doctor", "--json")

    parts = {part["part"]: part for part in document(done)["parts"]}
    assert set(parts) == {"engine", "registry", "cluster", "scanner", "credentials", "state"}
    assert parts["registry"]["fix"]


def test_sweep_of_a_world_without_leftovers_says_so(shell: Shell) -> None:
    done = shell.run("sweep")

    assert done.returncode == 0, done.stderr
    assert "nothing to sweep" in done.stdout


def test_sweep_with_json_is_one_document_and_spares_what_completed(running: Shell) -> None:
    deployed = running.run("deploy", APPS / "flask", "--name", "swept", "--json")
    assert deployed.returncode == 0, deployed.stderr

    for arguments in (("--dry-run",), (), ("--grace", "5")):
        done = running.run("sweep", *arguments, "--json")
        assert done.returncode == 0, done.stderr
        assert document(done) == {
            "dry_run": arguments == ("--dry-run",),
            "rescued": [],
            "items": [],
            "unreachable": [],
        }


def test_an_app_that_was_given_no_name_is_told_its_own(shell: Shell, tmp_path: Path) -> None:
    source = tmp_path / "123"
    source.mkdir()
    (source / "Dockerfile").write_text("FROM busybox:1.37\nCMD ['sh']\n")

    planned, deployed = shell.run("plan", source), shell.run("deploy", source)

    told = "app: app-123 (from the folder's name; override with --name)"
    assert told in planned.stderr.splitlines()
    assert told in deployed.stderr.splitlines()[:6]
