"""Every test here runs with the settings of the real engines in its environment."""

import pytest


@pytest.fixture(autouse=True)
def _settings_of_the_engines(engine_environment: None) -> None:
    """Take what `tests/engines/fixtures.py` sets up."""
