"""Import the kubeconfig loader of `kubernetes` without its generated models.

`import kubernetes` loads a thousand modules of generated models and calls: seconds of a cold start
for a program that sends plain dicts. During the import, empty packages stand in for them.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

_ROOT, _CLIENT, _MODELS = "kubernetes", "kubernetes.client", "kubernetes.client.models"


@contextmanager
def _without_models() -> Iterator[None]:
    """Unload the modules afterwards, so that a later `import kubernetes` loads all of them."""
    if _ROOT in sys.modules:
        yield
        return
    folder = _folder()
    sys.modules[_ROOT] = _package(_ROOT, folder)
    sys.modules[_CLIENT] = _package(_CLIENT, folder / "client")
    sys.modules[_MODELS] = ModuleType(_MODELS)
    try:
        yield
    finally:
        for name in [each for each in list(sys.modules) if f"{each}.".startswith(f"{_ROOT}.")]:
            del sys.modules[name]


def _folder() -> Path:
    found = find_spec(_ROOT)
    if found is None or not found.origin:
        raise ModuleNotFoundError(f"No module named {_ROOT!r}", name=_ROOT)
    return Path(found.origin).parent


def _package(name: str, folder: Path) -> ModuleType:
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    return package


def _loaded() -> tuple[Any, Any, Any]:
    """Load client and configuration first: `config` imports them from the stand-in package."""
    with _without_models():
        api_client = import_module(f"{_CLIENT}.api_client").ApiClient
        configuration = import_module(f"{_CLIENT}.configuration").Configuration
        client: Any = sys.modules[_CLIENT]
        client.ApiClient, client.Configuration = api_client, configuration
        return api_client, configuration, import_module(f"{_ROOT}.config")


__all__ = ["ApiClient", "Configuration", "config"]

if TYPE_CHECKING:
    from kubernetes import config
    from kubernetes.client import ApiClient, Configuration
else:
    ApiClient, Configuration, config = _loaded()
