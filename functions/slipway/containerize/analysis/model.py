"""The result of analysing a repository; the `components` of `slipway plan --json`."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

EVIDENCE_TEXT_MAX = 160


def one_line(value: object) -> object:
    """Manifests are untrusted: every string becomes one printable line on construction."""
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(char if char.isprintable() else " " for char in value)


def _shortened(value: object) -> object:
    return value.strip()[:EVIDENCE_TEXT_MAX] if isinstance(value, str) else value


Line = Annotated[str, BeforeValidator(one_line)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(Frozen):
    """`file` is relative to the repository's root, `line` counts from 1."""

    file: Line
    line: int = Field(ge=1)
    text: Annotated[Line, BeforeValidator(_shortened)]


class Conflict(Frozen):
    """Contradicting values of a field, or one that cannot work; `about` names the field."""

    about: Line
    message: Line
    evidence: tuple[Evidence, ...] = ()


class Component(Frozen):
    """`path` is relative to the repository's root, `.` for the root itself.

    Commands run in the component's folder. `confidence` lies between 0 and 1.
    """

    path: Line
    language: Line
    version: Line | None = None
    version_source: Evidence | None = None
    package_manager: Line | None = None
    framework: Line | None = None
    install_command: Line | None = None
    build_command: Line | None = None
    start_command: Line | None = None
    port: Port | None = None
    port_source: Evidence | None = None
    services: tuple[Line, ...] = ()
    environment: tuple[Line, ...] = ()
    health_path: Line | None = None
    confidence: float = Field(ge=0, le=1)
    evidence: tuple[Evidence, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    def local(self, file: str) -> str:
        """Return the `file` of an Evidence relative to the component's folder."""
        return file if self.path == "." else file.removeprefix(f"{self.path}/")


class Analysis(Frozen):
    components: tuple[Component, ...]
    chosen: Line

    @property
    def component(self) -> Component:
        return next(each for each in self.components if each.path == self.chosen)
