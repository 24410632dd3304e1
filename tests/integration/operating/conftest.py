"""One desk per module: every story has an application of its own."""

from collections.abc import Iterator

import pytest
from tests.integration.operating.desk import Desk, operating


@pytest.fixture(scope="module")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with operating(tmp_path_factory.mktemp("state")) as desk:
        yield desk


@pytest.fixture
def desk(_desk: Desk) -> Iterator[Desk]:
    yield _desk
    _desk.trouble.away.clear()
    _desk.trouble.on.clear()
    _desk.trouble.crashes = False
