"""Release moto's models when they are no longer used.

moto keeps a reference to every model that it ever created, for its dashboard: each copy of an
item, each stream record. A saga creates some hundreds of them, 5 MB that are never freed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.common_models import BaseModel

from slipway_local.glue.patching import replaced


@contextmanager
def forgotten() -> Iterator[None]:
    """Keep track only of models that moto has to dispose of: objects and their parts."""
    tracked: Any = BaseModel.__new__

    def made(kind: type[BaseModel], *given: Any, **named: Any) -> Any:
        if hasattr(kind, "dispose"):
            return tracked(kind, *given, **named)
        return object.__new__(kind)

    with replaced(BaseModel, "__new__", staticmethod(made)):
        yield
