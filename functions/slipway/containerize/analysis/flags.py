"""Reads the port from a start command, and expands `$PORT` in it."""

import re

from slipway.containerize.analysis.folder import Found
from slipway.containerize.analysis.model import Component, Evidence

_FLAG = re.compile(
    r"(?:--port|--server\.port|--http-port|-p)[= ](\d{2,5})\b"
    r"|(?:--bind|--listen|-b|-l)[= ]\S{0,60}?:(\d{2,5})\b"
    r"|runserver \S{0,60}?:(\d{2,5})\b|\$\{PORT:-(\d{2,5})\}"
)
_VARIABLE = re.compile(r"\$\{PORT(?::?-[^}]{0,200})?\}|\$PORT\b")


def port_flag(command: str, where: Evidence) -> Found | None:
    match = _FLAG.search(command)
    if match is None:
        return None
    return Found(next(group for group in match.groups() if group), where)


def with_port(component: Component, port: int | None) -> Component:
    """Apply the caller's `port`, if any, and replace `$PORT` in the start command by the number.

    An exec-form CMD has no shell that could expand it later.
    """
    chosen = port or component.port
    changes: dict[str, object] = {"port": chosen}
    if port is not None and port != component.port:
        changes["port_source"] = None
    if component.start_command and chosen:
        changes["start_command"] = _VARIABLE.sub(str(chosen), component.start_command)
    return component.model_copy(update=changes)
