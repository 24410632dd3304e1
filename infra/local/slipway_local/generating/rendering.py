"""Format a draft and render all derived files, in a copy of the checkout."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from slipway_local.cli.exits import CliError, Exit
from slipway_local.generating.draft import Change, Draft

_NEEDED = ("functions", "infra", "openapi", "statemachine", "template.yaml", "pyproject.toml")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", ".*_cache")
_TIDY = (("check", "--quiet", "--select=I", "--fix"), ("format", "--quiet"))
"""Import order and line lengths depend on the name."""
_RENDERERS = ("statemachine/render.py", "openapi/render.py")


def rendered(draft: Draft) -> list[Change]:
    """Return differences from the checkout, new files first. Raises CliError; writes nothing."""
    if find_spec("ruff") is None:
        raise CliError(
            Exit.BAD_INPUT,
            "ruff, which formats what is written, is not installed here",
            fix="`make check` sets everything up; then .venv/bin/slipway new …",
            code="no_ruff",
        )
    with _copied(draft) as copy:
        for tidy in _TIDY:
            _run(copy, "-m", "ruff", *tidy, *_pythons(draft))
        for renderer in _RENDERERS:
            _run(copy, renderer)
        changes = [change for path in _files(copy) if (change := _change(draft, copy, path))]
    return sorted(changes, key=lambda change: (not change.is_new, change.path))


@contextmanager
def _copied(draft: Draft) -> Iterator[Path]:
    with TemporaryDirectory(prefix="slipway-new-") as folder:
        copy = Path(folder).resolve()
        for name in _NEEDED:
            source = draft.checkout.root / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=_LEFT_OUT)
            else:
                shutil.copy2(source, copy / name)
        for path, text in draft.texts.items():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_text(text, encoding="utf-8")
        yield copy


def _pythons(draft: Draft) -> Sequence[str]:
    return [path for path in draft.texts if path.endswith(".py")]


def _run(copy: Path, *arguments: str) -> None:
    """Run Python with the copy's own modules, not those of an installation."""
    path = os.pathsep.join(str(copy / each) for each in ("functions", "infra/local", "."))
    ended = subprocess.run(  # noqa: S603  (this Python, on scripts of the checkout)
        [sys.executable, *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        said = (ended.stderr or ended.stdout).strip().splitlines() or ["no output"]
        raise CliError(
            Exit.BAD_INPUT,
            f"{' '.join(arguments[:3])} failed: {said[-1]}",
            fix="nothing was written; make sure that `make check` passes first",
            code="not_rendered",
        )


def _files(copy: Path) -> Iterator[str]:
    for path in sorted(copy.rglob("*")):
        if path.is_file() and not {"__pycache__", ".ruff_cache"} & set(path.parts):
            yield path.relative_to(copy).as_posix()


def _change(draft: Draft, copy: Path, path: str) -> Change | None:
    there, after = draft.checkout.root / path, (copy / path).read_bytes()
    before = there.read_bytes() if there.exists() else None
    return None if before == after else Change(path, before, after)
