"""One stack per module: what is refused changes nothing in it, and the rest may run twice."""

from collections.abc import Iterator

import pytest
from tests.integration.tenancy.world import stack


@pytest.fixture(scope="module", autouse=True)
def filled() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch, stack(monkeypatch):
        yield
