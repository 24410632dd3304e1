"""A checkout of Slipway, and the names in it that a new part must not clash with."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from slipway_local.cli.exits import CliError, Exit
from slipway_local.generating.naming import Name, taken
from slipway_local.template.yaml_loader import load_template

_MARKS = (
    "template.yaml",
    "functions/steps/__init__.py",
    "statemachine/render.py",
    "openapi/render.py",
    "tests/conftest.py",
)
ROOMS = ("commands", "queries", "recovery", "steps", "streams", "triggers", "mcp_server")


@dataclass(frozen=True)
class Checkout:
    root: Path

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def check_free(self, name: Name, *resources: str) -> None:
        """Raises CliError if a file of that name or one of these resources exists."""
        for room in ROOMS:
            if (self.root / "functions" / room / f"{name.text}.py").exists():
                raise taken(f"functions/{room}/{name.text}.py")
        template = load_template(self.root / "template.yaml")
        ids = {each for part in _PARTS for each in template.get(part, {})}
        for resource in resources:
            if resource in ids:
                raise taken(f"{resource} in template.yaml")

    def states(self) -> set[str]:
        """Return the states of the rendered state machines."""
        machines = (self.root / "statemachine").glob("*.asl.json")
        return {state for each in machines for state in json.loads(each.read_text())["States"]}

    def paths(self) -> set[str]:
        """Return the paths of all routes, without their methods."""
        return set(self._paths())

    def _paths(self) -> Iterator[str]:
        for resource in load_template(self.root / "template.yaml")["Resources"].values():
            for event in resource.get("Properties", {}).get("Events", {}).values():
                if event["Type"] == "HttpApi":
                    yield event["Properties"]["Path"]


_PARTS = ("Resources", "Parameters", "Conditions")


def find_checkout(start: Path) -> Checkout:
    """Return the checkout that contains `start`. Raises CliError."""
    for folder in (start, *start.parents):
        if all((folder / mark).is_file() for mark in _MARKS):
            return Checkout(folder)
    raise CliError(
        Exit.BAD_INPUT,
        f"{start} is not in a checkout of Slipway, and an installed package cannot be extended",
        fix="run this inside a clone of the repository",
        code="no_checkout",
    )


def here() -> Checkout:
    """Raises CliError."""
    return find_checkout(Path.cwd())
