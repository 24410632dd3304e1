"""The documents name every route, verb and event, and no other; their links lead somewhere."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer
from moto.events.models import EventPattern
from tests.documents import DOCS, DOCUMENTS, README, ROOT, blocks, headings, section

from slipway.messages.events import Event
from slipway.saga.state import Receipt
from slipway_local.cli.app import app

LINK = re.compile(r"\]\(([^)\s]+)\)")
TYPE = re.compile(r'"(?:slipway\.)?((?:workflow|step|scan|session|config|resource)\.[a-z_]+)"')
LINKED = [*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "DECISIONS.md", ROOT / "CHANGELOG.md"]


@pytest.mark.parametrize("document", LINKED, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    lost = [link for link in LINK.findall(document.read_text("utf-8")) if is_lost(document, link)]

    assert lost == []


def is_lost(document: Path, link: str) -> bool:
    if link.startswith("https://"):
        return False
    name, _, anchor = link.replace("\\", "").partition("#")
    target = document.parent / name if name else document
    return not target.exists() or (bool(anchor) and anchor not in anchors(target))


def anchors(document: Path) -> set[str]:
    """As GitHub makes them of headings."""
    titles = (title for _, _, title in headings(document.read_text("utf-8").splitlines()))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_decision_is_in_the_table_of_contents() -> None:
    text = (ROOT / "DECISIONS.md").read_text("utf-8")
    decided = [title[11:] for _, level, title in headings(text.splitlines()) if level == 3]

    assert re.findall(r"^- \[(.*)\]\(#", text, re.MULTILINE) == decided


def test_every_route_is_documented_with_its_scope() -> None:
    paths = json.loads((ROOT / "openapi" / "openapi.json").read_text("utf-8"))["paths"]
    methods = ("get", "post", "put", "delete")
    served = {
        (f"{method.upper()} {path}", scope_of(operation))
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method in methods
    }
    row = re.compile(r"^\| `([A-Z]+ /\S+)` \| (\w+) \|", re.MULTILINE)

    assert set(row.findall(section(DOCS / "http.md", "Routes"))) == served


def scope_of(operation: dict[str, Any]) -> str:
    scopes = [scope for each in operation["security"] for scope in each.get("bearer", ())]
    return scopes[0].removeprefix("workflows:") if scopes else "none"


def test_every_verb_is_documented() -> None:
    command: Any = typer.main.get_command(app)
    row = re.compile(r"^\| `slipway ([a-z-]+)", re.MULTILINE)

    shown = row.findall(section(DOCS / "cli.md", "Verbs"))

    assert sorted(shown) == sorted(command.commands)


def test_every_type_of_event_is_listed() -> None:
    rooms = ("slipway/saga", "slipway/cqrs", "slipway/accounts", "steps")
    files = [path for room in rooms for path in (ROOT / "functions" / room).rglob("*.py")]
    code = "".join(path.read_text("utf-8") for path in files)
    listed, prefix = set(), ""
    for name in re.findall(r"`((?:slipway)?\.[a-z_.]+)`", section(README, "Events")):
        prefix = name.rpartition(".")[0] or prefix
        listed.add(f"{prefix}.{name.rpartition('.')[2]}")

    assert listed == {f"slipway.{name}" for name in TYPE.findall(code)}


def test_the_event_shown_is_one_and_the_rule_shown_hears_it() -> None:
    told, pattern = (json.loads(block) for block in blocks("json", section(README, "Events")))
    detail = told["detail"]
    names = {"subject", "sequence", "type", "time", "data"}
    event = Event.model_validate(
        {name: detail[name] for name in names} | {"owner": "-", "correlation_id": detail["subject"]}
    )

    Receipt.model_validate(detail["data"]["workflow"]["receipt"])
    assert event.to_cloudevent("dev") == detail
    assert (told["source"], told["detail-type"]) == (detail["source"], detail["type"])
    assert EventPattern(None, pattern).matches_event(told)
