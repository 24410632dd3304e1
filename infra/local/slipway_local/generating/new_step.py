"""`slipway new step`: generate a step, its test, its line in PLAN and, if due, a new version."""

import ast
from collections.abc import Sequence

from slipway_local.cli.exits import CliError, Exit
from slipway_local.generating.checkout import Checkout
from slipway_local.generating.draft import Draft, from_skeleton
from slipway_local.generating.naming import Name, check_apart, taken

_PLAN = "functions/steps/__init__.py"
_INDENT = " " * 8


def draft_step(checkout: Checkout, name: Name, after: str | None) -> tuple[Draft, list[str]]:
    """Return the draft, and what is left to do by hand. Raises CliError."""
    steps = _steps(checkout.read(_PLAN))
    _check(checkout, name, steps, after)
    draft = Draft(checkout)
    names = {"name": name.text, "words": name.words}
    draft.add(f"functions/steps/{name.text}.py", "step", **names)
    draft.add(f"tests/unit/steps/test_{name.text}.py", "step_test", **names)
    earlier = _name_of(steps[-2]) if after is None else after
    line = f'{_INDENT}Step("{name.text}", timeout_s=60, needs=("workspace",)),\n'
    (place,) = (step.end_lineno or 0 for step in steps if _name_of(step) == earlier)
    lines = draft.text(_PLAN).splitlines(keepends=True)
    draft.texts[_PLAN] = "".join([*lines[:place], line, *lines[place:]])
    return draft, _afterwards(name, *_raise_version(draft))


def _check(checkout: Checkout, name: Name, steps: Sequence[ast.Call], after: str | None) -> None:
    names = [_name_of(step) for step in steps]
    if name.text in names:
        raise taken(f"a step {name.text} in PLAN")
    if after is not None and after not in names:
        raise CliError(
            Exit.BAD_INPUT,
            f"--after: there is no step {after[:80]!r}",
            fix=f"one of {', '.join(names)}",
            code="no_such_step",
        )
    check_apart(name, from_skeleton("step", name="a_step", words="a step"))
    checkout.check_free(name, f"{name.title}Execute", f"{name.title}Compensate")
    for state in (f"{kind}{name.title}" for kind in ("", "Undo", "Park", "Resolve")):
        if state in checkout.states():
            raise taken(f"a state {state} in the state machine")


def _steps(source: str) -> list[ast.Call]:
    """Return the steps of PLAN, in order."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Step"
    ]


def _name_of(step: ast.Call) -> str:
    return str(ast.literal_eval(step.args[0]))


def _raise_version(draft: Draft) -> tuple[str, str]:
    """Return (before, after). Only a released version, which has a recorded history, is raised."""
    (version,) = (
        keyword.value
        for node in ast.walk(ast.parse(draft.text(_PLAN)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Plan"
        for keyword in node.keywords
        if keyword.arg == "version"
    )
    before = str(ast.literal_eval(version))
    if not (draft.checkout.root / f"tests/histories/{before}.json").exists():
        return before, before
    if not before.isdigit():
        raise CliError(
            Exit.BAD_INPUT,
            f"PLAN's version {before!r} has a recorded history and is not a number to increment",
            fix="increase it manually, then run this again",
            code="no_number",
        )
    after = str(int(before) + 1)
    draft.replace(_PLAN, f'version="{before}",', f'version="{after}",')
    return before, after


def _afterwards(name: Name, before: str, after: str) -> list[str]:
    work = f"put the step's work into functions/steps/{name.text}.py, its limits into PLAN's line"
    left = [work, "make laws: every step by every fault"]
    if before != after:
        undone = f"PLAN is now version {after}: running {before} workflows are undone when resumed"
        unless = f'unless PLAN has continues=("{before}",)'
        left += [f"{undone}, {unless}", "before you deploy: slipway drain --wait"]
    left += [f"when version {after} is released: python -m tests.histories.record, once"]
    return [*left, "README.md: the picture of the saga"]
