"""Locate the files of the system, in a checkout or inside the installed package."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


class NotInstalledWhole(Exception):  # noqa: N818  (named after the condition)
    """The files of the system are neither beside the package nor in it."""


@dataclass(frozen=True)
class Layout:
    """`root` holds template.yaml, functions/, statemachine/ and infra/."""

    root: Path

    @property
    def template(self) -> Path:
        return self.root / "template.yaml"

    @property
    def functions(self) -> Path:
        return self.root / "functions"

    @contextmanager
    def importable(self) -> Iterator[None]:
        """Make the handler packages (`steps`, `commands`, …) importable inside the block."""
        folder = str(self.functions)
        if folder in sys.path:
            yield
            return
        sys.path.append(folder)
        try:
            yield
        finally:
            sys.path.remove(folder)


def find_layout(package: Path = _PACKAGE) -> Layout:
    """Raises NotInstalledWhole."""
    for root in (package / "system", package.parents[2]):
        if (root / "template.yaml").is_file():
            return Layout(root)
    raise NotInstalledWhole(
        f"template.yaml is neither in {package / 'system'} nor in {package.parents[2]}: "
        "reinstall the package"
    )
