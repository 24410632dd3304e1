"""The port to builds that outlast the function that began them."""

from collections.abc import Sequence
from typing import Protocol


class OutsideBuilds(Protocol):
    """Builds that go on without a function: whose they are."""

    def lately(self) -> Sequence[str]:
        """Workflows whose builds run, or ended a few minutes ago at most."""
        ...

    def workflow_of(self, build_id: str) -> str | None: ...
