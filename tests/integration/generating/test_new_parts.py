"""A step, a command and a query of every new developer pass all checks before a line is changed."""

import json
from pathlib import Path

import pytest
from tests.integration.generating.checkouts import Copy

STEP, COMMAND, QUERY = "zap_cache", "withdraw", "get_costs"
NEW = (
    f"functions/steps/{STEP}.py",
    f"functions/commands/{COMMAND}.py",
    f"functions/queries/{QUERY}.py",
    f"functions/slipway/messages/{COMMAND}.py",
    f"functions/slipway/messages/{QUERY}.py",
    f"tests/unit/steps/test_{STEP}.py",
    f"tests/unit/commands/test_{COMMAND}.py",
    f"tests/unit/queries/test_{QUERY}.py",
)
STYLE = {
    "lint": ("-m", "ruff", "check", "."),
    "format": ("-m", "ruff", "format", "--check", "."),
    "types": ("-m", "mypy", *NEW),
    "state machine": ("statemachine/render.py", "--check"),
    "OpenAPI document": ("openapi/render.py", "--check"),
}
QUIET = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
TESTS = {
    "of their own": tuple(path for path in NEW if path.startswith("tests/")),
    "of the plan": (
        "tests/unit/steps/test_plan.py",
        "tests/unit/statemachine/test_who_may_call.py",
    ),
    "of callers": (
        *("tests/integration/tenancy/test_every_route.py", "-k"),
        f"declared or {COMMAND} or costs",
    ),
    "of what they cost": (
        *("tests/integration/access/test_by_key_only.py", "-k"),
        f"every_command or {COMMAND} or {QUERY}",
    ),
    "of permissions": ("tests/integration/wiring/test_permissions.py",),
    "of the document": ("tests/contract/test_a_client_of_the_document.py",),
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    copy = Copy(tmp_path_factory.mktemp("home"))
    for kind, name in (("step", STEP), ("command", COMMAND), ("query", QUERY)):
        done = copy.new(kind, name)
        assert done.returncode == 0, done.stderr
    return copy


@pytest.mark.parametrize("check", STYLE)
def test_what_is_generated_passes_the_checks(checkout: Copy, check: str) -> None:
    done = checkout.python(*STYLE[check])

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("tests", TESTS)
def test_what_is_generated_passes_the_tests(checkout: Copy, tests: str) -> None:
    done = checkout.python(*QUIET, *TESTS[tests])

    assert done.returncode == 0, done.stdout[-4000:]


def test_a_step_stands_before_the_last_one_in_a_new_version_of_the_plan(checkout: Copy) -> None:
    told = checkout.python("-c", "from steps import PLAN; print(PLAN.version, PLAN.steps[-2].name)")

    assert told.stdout.split() == ["2", STEP]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("step", STEP), "name_taken"),
        (("step", "undo_build_image"), "name_taken"),
        (("step", "workspace"), "invalid_name"),
        (("step", "late_step", "--after", "nothing"), "no_such_step"),
        (("command", QUERY), "name_taken"),
        (("command", "api"), "name_taken"),
        (("query", "router"), "name_taken"),
        (("query", "prices", "--route", "/workflows/{id}/costs"), "name_taken"),
        (("query", "prices", "--route", "/prices"), "invalid_route"),
        (("query", "../prices"), "invalid_name"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    checkout: Copy, arguments: tuple[str, ...], code: str
) -> None:
    before = checkout.everything()

    done = checkout.new(*arguments, "--json")

    assert done.returncode == 3
    error = json.loads(done.stdout)["error"]
    assert (error["code"], bool(error["fix"])) == (code, True)
    assert checkout.everything() == before


def test_a_dry_run_shows_what_would_be_written_and_writes_nothing(checkout: Copy) -> None:
    before = checkout.everything()

    done = checkout.new("step", "late_step", "--after", "verify_deployment", "--dry-run", "--json")

    told = json.loads(done.stdout)
    assert not told["written"]
    assert told["new"] == ["functions/steps/late_step.py", "tests/unit/steps/test_late_step.py"]
    assert "functions/steps/__init__.py" in told["changed"]
    assert '+        Step("late_step", timeout_s=60, needs=("workspace",)),' in told["diff"]
    assert checkout.everything() == before


def test_without_a_place_for_it_nothing_is_written(checkout: Copy) -> None:
    template = checkout.root / "template.yaml"
    whole = template.read_text()
    template.write_text(whole.replace("# ---- queries: read ", "# ---- reading "))
    before = checkout.everything()

    done = checkout.new("command", "pause")

    template.write_text(whole)
    assert done.returncode == 3
    assert "must occur exactly once" in done.stderr
    assert checkout.everything() == before | {"template.yaml": whole.encode()}


def test_outside_of_a_checkout_there_is_nothing_to_add_to(checkout: Copy, tmp_path: Path) -> None:
    done = checkout.new("step", "smoke_test", folder=tmp_path)

    assert done.returncode == 3
    assert "not in a checkout of Slipway" in done.stderr
