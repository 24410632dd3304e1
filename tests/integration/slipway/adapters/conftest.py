"""A registry that says what a test tells it to, and the adapter that Anna asks it with."""

from collections.abc import Iterator

import pytest
from tests.contract.engines import Login
from tests.integration.slipway.adapters.registry_stub import RegistryStub, registry_stub

from slipway.adapters.registry_http import HttpRegistry
from slipway.containerize.ports import Credentials

ANNA = Credentials("anna", "battery")


@pytest.fixture
def stub() -> Iterator[RegistryStub]:
    with registry_stub() as stub:
        yield stub


@pytest.fixture
def registry() -> Iterator[HttpRegistry]:
    registry = HttpRegistry(Login(ANNA))
    yield registry
    registry.close()
