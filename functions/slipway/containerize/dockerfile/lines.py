"""Renders single Dockerfile instructions, escaping all text that comes from a repository.

The exec form is a JSON array: the builder expands nothing in it, and no text can break out of it.
What cannot be written that way (labels, file names) is escaped or rejected.
"""

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from itertools import groupby

from slipway.containerize.dockerfile.options import USER
from slipway.saga.errors import Rejected

# Splitting longer commands takes seconds; they are passed to a shell unchanged.
MAX_WORDS_CHARS = 10_000
_SHELL = re.compile(r"[|&;<>()$`*?{}\[\]~#!\\]|^\s*\w+=")
_OPERATORS = re.compile(r"[|&;<>()`]")
_QUOTED = re.compile(r"'[^']*'")
_FILE = re.compile(r"(?!-)[A-Za-z0-9._@+][A-Za-z0-9._@+/-]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
_PATH = re.compile(r"/[A-Za-z0-9._~/-]*")


def run(command: str) -> str:
    return f"RUN {exec_form(command)}"


def cmd(command: str) -> str:
    return f"CMD {exec_form(_replacing_shell(command))}"


def exec_form(command: str) -> str:
    """Return the words as a JSON array; wrapped in a shell only if the command needs one."""
    return array(words(command) or ["/bin/sh", "-ec", command])


def words(command: str) -> list[str]:
    """Split the command; empty if it needs a shell."""
    if len(command) > MAX_WORDS_CHARS or _SHELL.search(_QUOTED.sub("''", command)):
        return []
    try:
        return shlex.split(command)
    except ValueError:
        return []


def _replacing_shell(command: str) -> str:
    """`exec` the last program in place of the shell, so that PID 1 receives the signals."""
    if words(command):
        return command
    before, operator, last = command.rpartition("&&")
    if _OPERATORS.search(_QUOTED.sub("", last)) or last.lstrip().startswith("exec "):
        return command
    assignment = re.match(r"\s*(?:\w+=\S*\s+)+", last)
    program = f"env {last.strip()}" if assignment else last.strip()
    if not before and words(program):
        return program  # `env` execs the program: no shell is needed
    return f"{before}{operator} exec {program}".strip()


def array(items: Iterable[str]) -> str:
    return json.dumps(list(items))


def label(labels: Mapping[str, str]) -> list[str]:
    """Return one LABEL line, sorted by key; no line without labels."""
    if not labels:
        return []
    for key in labels:
        _checked(_LABEL, key, "a label's name")
    pairs = (f'"{key}"="{_escaped(labels[key])}"' for key in sorted(labels))
    return [f"LABEL {' '.join(pairs)}"]


def _escaped(value: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in value)
    return re.sub(r'([\\"$])', r"\\\1", printable)


def arg(names: Iterable[str]) -> list[str]:
    return [f"ARG {_checked(_NAME, name, 'a build argument')}" for name in sorted(set(names))]


def copy(files: Iterable[str]) -> list[str]:
    """Each file keeps its folder: one COPY per folder, relative to the working directory."""
    names = sorted({_checked(_FILE, name, "the name of a file") for name in files}, key=_by_folder)
    return [
        f"COPY {array([*group, f'./{folder}/' if folder else './'])}"
        for folder, group in groupby(names, key=lambda name: name.rpartition("/")[0])
    ]


def _by_folder(name: str) -> tuple[str, str]:
    folder, _, last = name.rpartition("/")
    return folder, last


def copy_source() -> str:
    return f"COPY --chown={USER} . ."


def copy_built(source: str, target: str) -> str:
    return f"COPY --from=build --chown={USER} {array([source, target])}"


def version(text: str | None) -> str:
    return _checked(re.compile(r"\d{1,3}(?:\.\d{1,3}){0,2}"), text or "", "a version")


def healthcheck(argv: list[str]) -> str:
    return (
        f"HEALTHCHECK --interval=10s --timeout=4s --start-period=10s --retries=3 CMD {array(argv)}"
    )


def url(port: int, path: str | None) -> str:
    return f"http://127.0.0.1:{port}{probe_path(path)}"


def probe_path(path: str | None) -> str:
    return path if path and _PATH.fullmatch(path) else "/"


def _checked(pattern: re.Pattern[str], text: str, what: str) -> str:
    if pattern.fullmatch(text) and ".." not in text.split("/"):
        return text
    raise Rejected(
        "unsafe_name",
        f"{what} cannot be written into a Dockerfile: {text!r}",
        fix="use letters, digits and . _ - only, or provide your own Dockerfile",
    )
