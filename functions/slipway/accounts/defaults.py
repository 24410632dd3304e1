"""Complete a request with its owner's defaults: a pure function."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from slipway.messages.accounts import Defaults
from slipway.messages.requests import ContainerizeRequest


class Configured(Protocol):
    """An owner's configuration, from the write side or the read side."""

    @property
    def version(self) -> int: ...
    @property
    def defaults(self) -> Defaults: ...


class Applied(BaseModel):
    """Which defaults a request was completed with: `fields` by their dotted names."""

    model_config = ConfigDict(frozen=True)

    config_version: int
    fields: tuple[str, ...]


def completed(
    request: ContainerizeRequest, config: Configured
) -> tuple[ContainerizeRequest, Applied | None]:
    """Fields that the request gives are kept, also null ones. None: nothing was added."""
    document = request.model_dump(exclude_unset=True)
    added: list[str] = []
    for part, name, value in _values(config.defaults, request.app.name):
        fields = document.setdefault(part, {})
        if value is not None and name not in fields:
            fields[name] = value
            added.append(f"{part}.{name}")
    if not added:
        return request, None
    applied = Applied(config_version=config.version, fields=tuple(added))
    return ContainerizeRequest.model_validate(document), applied


def _values(defaults: Defaults, app: str) -> Iterator[tuple[str, str, Any]]:
    parts: Mapping[str, BaseModel] = {"app": defaults.app, "options": defaults.options}
    for part, values in parts.items():
        yield from ((part, name, value) for name, value in values.model_dump().items())
    prefix = defaults.image.repository_prefix
    yield "image", "repository", f"{prefix}/{app}" if prefix else None
