"""The draft of a new part: new files, and texts inserted into existing files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from string import Template

from slipway_local.cli.exits import CliError, Exit
from slipway_local.generating.checkout import Checkout
from slipway_local.generating.naming import taken

_SKELETONS = Path(__file__).parent / "skeletons"


@dataclass
class Draft:
    """`texts` are whole files, by their path in the checkout. A draft writes nothing."""

    checkout: Checkout
    texts: dict[str, str] = field(default_factory=dict)

    def text(self, path: str) -> str:
        return self.texts.get(path) or self.checkout.read(path)

    def add(self, path: str, skeleton: str, /, **names: str) -> None:
        """Add a file from a skeleton. Raises CliError if the file exists."""
        if (self.checkout.root / path).exists():
            raise taken(path)
        self.texts[path] = from_skeleton(skeleton, **names)

    def insert(self, path: str, text: str, *, before: str) -> None:
        """Raises CliError unless `before` occurs exactly once."""
        self.replace(path, before, text + before)

    def replace(self, path: str, old: str, new: str) -> None:
        """Raises CliError unless `old` occurs exactly once."""
        there = self.text(path)
        if there.count(old) != 1:
            raise _no_place(path, old)
        self.texts[path] = there.replace(old, new)


def from_skeleton(skeleton: str, /, **names: str) -> str:
    return Template((_SKELETONS / f"{skeleton}.txt").read_text(encoding="utf-8")).substitute(names)


def _no_place(path: str, sought: str) -> CliError:
    mark = sought.strip().partition("\n")[0]
    return CliError(
        Exit.BAD_INPUT,
        f"{path}: {mark!r} must occur exactly once, as new lines are inserted there",
        fix="restore the line; nothing was written",
        code="no_place",
    )


@dataclass(frozen=True)
class Change:
    """One file. `before` is None when it is new."""

    path: str
    before: bytes | None
    after: bytes

    @property
    def is_new(self) -> bool:
        return self.before is None

    def diff(self) -> Iterator[str]:
        """Return a unified diff for `git apply`."""
        old, new = (
            (content or b"").decode().splitlines(keepends=True)
            for content in (self.before, self.after)
        )
        was = "/dev/null" if self.is_new else f"a/{self.path}"
        return unified_diff(old, new, was, f"b/{self.path}")
