"""What is over is forgotten.

moto holds on to every model that it ever made, for its dashboard: each copy of an item, each
record of a stream. A saga is some hundred of them, 5 MB that never come back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.common_models import BaseModel

from slipway_local.glue.patching import replaced


@contextmanager
def forgotten() -> Iterator[None]:
    """But what moto has to dispose of at the end: objects and their parts."""
    tracked: Any = BaseModel.__new__

    def made(kind: type[BaseModel], *given: Any, **named: Any) -> Any:
        if hasattr(kind, "dispose"):
            return tracked(kind, *given, **named)
        return object.__new__(kind)

    with replaced(BaseModel, "__new__", staticmethod(made)):
        yield
