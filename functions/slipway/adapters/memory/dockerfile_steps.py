"""Parse as much of a Dockerfile as an in-memory build needs: instructions and labels."""

import re
import shlex
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from slipway.saga.errors import Rejected

_KNOWN = {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK"}
_KNOWN |= {"LABEL", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
_EXIT = re.compile(r"\bexit\s+(?P<code>[1-9]\d*)\s*$")
_SLEEP = re.compile(r"\bsleep\s+(?P<seconds>\d+)\b")


@dataclass(frozen=True)
class Instruction:
    word: str
    rest: str

    def __str__(self) -> str:
        return f"{self.word} {self.rest}"

    @property
    def labels(self) -> Mapping[str, str]:
        if self.word != "LABEL":
            return {}
        return dict(part.split("=", 1) for part in shlex.split(self.rest) if "=" in part)

    @property
    def base(self) -> str:
        """For a FROM: the image reference, without `--platform` and `AS`."""
        return next(part for part in self.rest.split() if not part.startswith("--"))

    @property
    def exit_code(self) -> int:
        """For a RUN: the exit code that its text implies. Nothing is executed."""
        if self.word != "RUN":
            return 0
        if self.rest.split()[-1] == "false":
            return 1
        found = _EXIT.search(self.rest)
        return int(found["code"]) if found else 0

    @property
    def sleeps_s(self) -> int:
        found = _SLEEP.search(self.rest) if self.word == "RUN" else None
        return int(found["seconds"]) if found else 0


def instructions(context: Path, dockerfile: str) -> Sequence[Instruction]:
    """Raises Rejected("build_failed") if the classic builder would not start the build."""
    found = list(_read(_text(context, dockerfile)))
    for number, instruction in enumerate(found, 1):
        if instruction.word not in _KNOWN or not instruction.rest:
            what = f"dockerfile parse error: instruction {number}: {instruction.word}"
            raise Rejected("build_failed", what)
    if "FROM" not in {instruction.word for instruction in found}:
        raise Rejected("build_failed", "there is no FROM in the Dockerfile")
    return found


def content_hash(context: Path) -> str:
    """Hash the names, modes and contents of the build context, including its Dockerfile."""
    total = sha256()
    with tarfile.open(context) as tar:
        for member in sorted(tar.getmembers(), key=lambda each: each.name):
            total.update(f"{member.name}\0{member.mode}\0{member.linkname}\0".encode())
            body = tar.extractfile(member) if member.isfile() else None
            total.update(body.read() if body else b"")
    return total.hexdigest()


def _text(context: Path, dockerfile: str) -> str:
    with tarfile.open(context) as tar:
        try:
            body = tar.extractfile(dockerfile)
        except KeyError:
            body = None
        if body is None:
            raise Rejected("build_failed", f"there is no {dockerfile} in the context")
        return body.read().decode()


def _read(text: str) -> Iterator[Instruction]:
    lines = [line.strip() for line in text.split("\n")]
    joined = "\n".join(line for line in lines if line and not line.startswith("#"))
    for line in joined.replace("\\\n", " ").split("\n"):
        word, _, rest = line.partition(" ")
        yield Instruction(word.upper(), " ".join(rest.split()))
