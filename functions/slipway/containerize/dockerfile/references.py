"""Resolves names in a Dockerfile: stages, images, and ARG expansion."""

import re
from collections.abc import Mapping

from slipway.containerize.analysis.instructions import Instruction

_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?([-+])([^}]{0,200}))?\}|(\w+))")


class Stages:
    """The state at one line: the stages above it, and the ARGs before the first FROM."""

    def __init__(self) -> None:
        self.arguments: dict[str, str] = {}
        self._above: set[str] = set()
        self._current: str | None = None
        self._began = False

    def pass_by(self, each: Instruction) -> None:
        if each.word == "ARG" and not self._began:
            name, _, value = each.rest.partition("=")
            self.arguments[name.strip()] = value.strip().strip("\"'")
        if each.word == "FROM":
            if self._current:
                self._above.add(self._current)
            self._began = True
            *_, before, name = ["", "", *each.rest.split()]
            self._current = name.lower() if before.lower() == "as" else None

    def is_stage(self, name: str) -> bool:
        return name.isdigit() or name.lower() in self._above or "$" in name

    def is_base(self, image: str) -> bool:
        """Whether it is a stage above or `scratch`: no registry serves it."""
        return image == "scratch" or image.lower() in self._above


def expanded(image: str, arguments: Mapping[str, str]) -> str | None:
    """Expand the variables in `image`; None if one of them has no value."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1) or match.group(4)
        known = arguments.get(name, "")
        if match.group(2) == "+":
            return match.group(3) if known else ""
        return known or match.group(3) or "\0"

    plain = _VARIABLE.sub(value, image.strip("\"'"))
    return None if "\0" in plain or not plain else plain
