"""The port to builds that outlive the function that started them."""

from collections.abc import Sequence
from typing import Protocol


class OutsideBuilds(Protocol):
    """Maps builds that run outside of a function to their workflows."""

    def lately(self) -> Sequence[str]:
        """Return the workflows whose builds are running or ended within the last minutes."""
        ...

    def workflow_of(self, build_id: str) -> str | None: ...
