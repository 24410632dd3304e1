"""Implement `slipway sessions`, `session` and `config`."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from slipway_local.cli.connection import connected
from slipway_local.cli.exits import CliError, Exit
from slipway_local.cli.output import Output, columns, leading_on, plain, when


def show_sessions(asked: Mapping[str, str | int | None], output: Output) -> Exit:
    with connected(output, may_read=True) as client:
        page = client.get("/sessions", **asked)
    rows = (
        (
            each["session_id"],
            when(each["expires_at"]),
            ", ".join(f"{name}={value}" for name, value in each["labels"].items()),
        )
        for each in page["items"]
    )
    output.show(page, *columns(("id", "expires", "labels"), rows), *leading_on(page))
    return Exit.DONE


def open_session(labels: Mapping[str, str], output: Output) -> Exit:
    with connected(output) as client:
        accepted = client.post("/sessions", {"labels": labels})
        session_id = accepted["session_id"]
        opened = client.get(f"/sessions/{session_id}", min_version=accepted["version"])
    until = when(opened["expires_at"])
    output.show(
        opened, f"{session_id}, open until {until}; slipway deploy PATH --session {session_id}"
    )
    return Exit.DONE


def close_session(session_id: str, output: Output) -> Exit:
    with connected(output) as client:
        closed = client.delete(f"/sessions/{session_id}")
    output.show(closed, f"{session_id} is closed; its workflows are not affected")
    return Exit.DONE


def show_config(output: Output) -> Exit:
    with connected(output, may_read=True) as client:
        config = client.get("/config")
    output.show(config, *_lines(config))
    return Exit.DONE


def set_config(file: Path, output: Output) -> Exit:
    document = _read(file)
    with connected(output) as client:
        accepted = client.put("/config", document)
        config = client.get("/config", min_version=accepted["version"])
    output.show(config, *_lines(config))
    return Exit.DONE


def _lines(config: Mapping[str, Any]) -> list[str]:
    since = f", {when(config['updated_at'])}" if config["updated_at"] else ""
    rows = list(_set(config["defaults"]))
    table = columns(("field", "default"), rows) if rows else ["no defaults are set"]
    return [f"version {config['version']}{since}", *table]


def _set(defaults: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for part, fields in defaults.items():
        for name, value in fields.items():
            if value is not None:
                yield f"{part}.{name}", json.dumps(value)


def _read(file: Path) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        document = json.loads(text)
    except (OSError, ValueError) as error:
        raise CliError(
            Exit.BAD_INPUT,
            f"FILE: {plain(str(file))} cannot be read as JSON: {error}",
            fix='give {"defaults": {…}}, as `slipway config --json` shows it',
            code="invalid_usage",
        ) from None
    if not isinstance(document, dict):
        raise CliError(Exit.BAD_INPUT, "FILE: not a JSON object", fix='give {"defaults": {…}}')
    return {"defaults": document.get("defaults", document)}
