"""A registry of classes by name."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from slipway.messages.errors import AlreadyRegistered, UnknownType

C = TypeVar("C")


class Names(Generic[C]):
    """One class for each name, one name for each class. Raises AlreadyRegistered."""

    def __init__(self, classes: Mapping[str, type[C]]) -> None:
        self._classes = dict(classes)
        self._names = {each: name for name, each in classes.items()}
        if len(self._names) != len(self._classes):
            raise AlreadyRegistered("a class has two names")

    def of(self, obj: object) -> str:
        return self.of_class(type(obj))

    def of_class(self, asked: type[object]) -> str:
        """Raises UnknownType, also for a subclass of a registered class."""
        for each, name in self._names.items():
            if each is asked:
                return name
        raise UnknownType(asked.__name__, self._classes)

    def class_of(self, name: str) -> type[C]:
        try:
            return self._classes[name]
        except KeyError as error:
            raise UnknownType(name, self._classes) from error


class ByName:
    """Base of the marshallers. `classes` are keyed by message type."""

    def __init__(self, classes: Mapping[str, type[Any]]) -> None:
        self._names = Names(classes)

    def type_name(self, obj: object) -> str:
        return self._names.of(obj)

    def class_of(self, type_name: str) -> type[Any]:
        return self._names.class_of(type_name)
