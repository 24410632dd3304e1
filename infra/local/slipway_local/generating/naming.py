"""The name of a new part, from which all its other names are derived."""

import ast
import builtins
import keyword
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from slipway_local.cli.exits import CliError, Exit

_LONGEST = 40
_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_PYTHONS_OWN = {*keyword.kwlist, *keyword.softkwlist, *sys.stdlib_module_names, *dir(builtins)}


@dataclass(frozen=True)
class Name:
    """`text` is the snake_case name of the file, the function and the step."""

    text: str

    @property
    def title(self) -> str:
        """`smoke_test` → `SmokeTest`, for resources, states and messages."""
        return "".join(word.capitalize() for word in self.text.split("_"))

    @property
    def words(self) -> str:
        return self.text.replace("_", " ")

    @property
    def is_one_word(self) -> bool:
        return "_" not in self.text


def name_of(typed: str) -> Name:
    """Raises CliError for a text that cannot name a file, a function and a resource."""
    if not _SNAKE_CASE.fullmatch(typed):
        raise invalid(f"{typed[:80]!r} is not snake_case", _suggested(typed))
    if len(typed) > _LONGEST:
        raise invalid(f"{typed[:80]!r} is longer than {_LONGEST}", "leave out a word")
    if typed in _PYTHONS_OWN:
        raise invalid(
            f"{typed!r} is a Python keyword, built-in or standard module",
            f"add a word: {typed}_release",
        )
    return Name(typed)


def check_apart(name: Name, source: str) -> None:
    """Raises CliError if the generated file uses the name for something else.

    `source` is such a file, generated under another name.
    """
    if name.text in set(_used(source)):
        why = f"{name.text!r} has another meaning in such a file"
        raise invalid(why, f"add a word: {name.text}_release")


def _used(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=used) | ast.arg(arg=used) | ast.FunctionDef(name=used):
                yield used
            case ast.keyword(arg=str(used)) | ast.alias(name=used):
                yield used


def invalid(why: str, fix: str) -> CliError:
    return CliError(Exit.BAD_INPUT, f"NAME: {why}", fix=fix, code="invalid_name")


def taken(what: str, choose: str = "another name") -> CliError:
    fix = f"choose {choose}; existing files are never overwritten"
    return CliError(Exit.BAD_INPUT, f"there is {what} already", fix=fix, code="name_taken")


def _suggested(typed: str) -> str:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", typed)
    words = re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_0123456789")[:_LONGEST].rstrip("_")
    return (
        f"slipway new … {words}"
        if words
        else "lower-case letters, digits and _, such as smoke_test"
    )
