"""Leave the engine tests out, in one plain sentence, where no engines answer."""

import os
from pathlib import Path

import pytest
from tests.engines import settings

ENGINE_TESTS = Path(__file__).parent.parent / "engine"
FOUND = pytest.StashKey[settings.Engines]()
LEFT_OUT = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "engine: needs a Docker Engine, a registry and a cluster")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Before `-m` selects."""
    if item.path.is_relative_to(ENGINE_TESTS):
        item.add_marker("engine")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanting = [item for item in items if item.get_closest_marker("engine")]
    if not wanting:
        return
    config.stash[FOUND] = settings.find()
    if not config.stash[FOUND].missing:
        return
    if os.environ.get("SLIPWAY_REQUIRE_ENGINES") == "1":
        raise pytest.UsageError(f"engine tests are required, but {_why(config)}")
    config.stash[LEFT_OUT] = len(wanting)
    config.hook.pytest_deselected(items=wanting)
    items[:] = [item for item in items if item not in wanting]


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    return _sentence(config)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in _sentence(config):
        terminalreporter.write_line(line, yellow=True)


def _sentence(config: pytest.Config) -> list[str]:
    left_out = config.stash.get(LEFT_OUT, 0)
    return [f"{left_out} engine tests were left out: {_why(config)}"] if left_out else []


def _why(config: pytest.Config) -> str:
    return f"{config.stash[FOUND].missing}; `make engines` has them"
