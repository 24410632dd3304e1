"""`slipway new command` and `slipway new query`: generate a route of one workflow."""

import re
from dataclasses import dataclass

from slipway_local.cli.exits import CliError, Exit
from slipway_local.generating.checkout import Checkout
from slipway_local.generating.draft import Draft, from_skeleton
from slipway_local.generating.naming import Name, check_apart, taken

_ROUTE = re.compile(r"/workflows/\{id\}(/[a-z][a-z0-9-]*)+")
_MESSAGES = "functions/slipway/messages"


@dataclass(frozen=True)
class Kind:
    """What differs between the two. `section` is the one that follows in template.yaml."""

    skeleton: str
    room: str
    method: str
    scope: str
    answers: str
    policy: str
    section: str


COMMAND = Kind(
    skeleton="command",
    room="commands",
    method="POST",
    scope="write",
    answers="CHANGES_ONE",
    policy="WriteTable",
    section="  # ---- queries: read ",
)
QUERY = Kind(
    skeleton="query",
    room="queries",
    method="GET",
    scope="read",
    answers="OF_ONE",
    policy="ReadTable",
    section="  # ---- streams: what follows from a write ",
)


def draft_route(
    checkout: Checkout, kind: Kind, name: Name, route: str | None
) -> tuple[Draft, list[str]]:
    """Return the draft, and what is left to do by hand. Raises CliError."""
    path = _path(checkout, name, route)
    names = _names(kind, name, path)
    check_apart(name, from_skeleton(kind.skeleton, **{**names, "name": "a_name"}))
    checkout.check_free(name, name.title)
    _check_classes(checkout, names)
    draft = Draft(checkout)
    draft.add(f"functions/{kind.room}/{name.text}.py", kind.skeleton, **names)
    draft.add(f"tests/unit/{kind.room}/test_{name.text}.py", f"{kind.skeleton}_test", **names)
    draft.add(f"{_MESSAGES}/{name.text}.py", f"{kind.skeleton}_message", **names)
    _deployed(draft, kind, names)
    _tested(draft, kind, names)
    return draft, _afterwards(kind, names)


def _deployed(draft: Draft, kind: Kind, names: dict[str, str]) -> None:
    """Add the function, the gateway's route, and the IAM permission of callers."""
    draft.insert("template.yaml", from_skeleton("resource", **names), before=kind.section)
    draft.insert(
        "template.yaml",
        from_skeleton("gateway", **names),
        before="        components:\n          securitySchemes:",
    )
    if kind is COMMAND:  # the reader's policy already allows every GET on a workflow
        draft.insert(
            "infra/callers.yaml",
            from_skeleton("caller", **names, anything=names["path"].replace("{id}", "*")),
            before="\n  Operator:\n    Type: AWS::IAM::ManagedPolicy",
        )


def _tested(draft: Draft, kind: Kind, names: dict[str, str]) -> None:
    """Add it to the tests of each caller's access, of its reads, and of whole stories."""
    draft.insert(
        "tests/integration/tenancy/routes.py",
        from_skeleton("expected", **names),
        before="}\n\n\ndef routes(",
    )
    draft.insert(
        "tests/integration/access/test_by_key_only.py",
        f'    "{kind.room}.{names["name"]}",\n',
        before=')\n"""By their modules: commands and queries',
    )
    rest = names["path"].removeprefix("/workflows/{id}")
    asked = f'desk.post(f"{{workflow}}{rest}")'
    if kind is QUERY:
        asked = f'desk.client.get(f"{{workflow}}{rest}")'
    draft.insert(
        "tests/integration/wiring/stories.py",
        f"    {asked}\n",
        before='    desk.post(f"{workflow}/rollback", reason="a story")\n',
    )
    draft.insert(
        "tests/contract/test_a_client_of_the_document.py",
        f'    client.call("{names["name"]}", id=workflow_id)\n',
        before='    rolled_back = client.call("rollback", id=workflow_id',
    )


def _path(checkout: Checkout, name: Name, given: str | None) -> str:
    path = given or f"/workflows/{{id}}/{name.text.removeprefix('get_').replace('_', '-')}"
    if not _ROUTE.fullmatch(path):
        raise CliError(
            Exit.BAD_INPUT,
            f"--route: {path[:80]!r} is not a route of a single workflow",
            fix="/workflows/{id}/ and lower-case words, separated by -",
            code="invalid_route",
        )
    if path in checkout.paths():
        raise taken(f"a route {path}", "another name, or another --route")
    return path


def _names(kind: Kind, name: Name, path: str) -> dict[str, str]:
    if kind is COMMAND:
        message = f"{name.title}Workflow" if name.is_one_word else name.title
    else:
        message = f"Get{name.title}" if name.is_one_word else name.title
    return {
        "name": name.text,
        "title": name.title,
        "words": name.words.removeprefix("get "),
        "message": message,
        "view": f"{message.removeprefix('Get')}View",
        "path": path,
        "method": kind.method,
        "lower": kind.method.lower(),
        "event": kind.method.capitalize(),
        "room": kind.room,
        "scope": kind.scope,
        "policy": kind.policy,
        "answers": kind.answers,
        "body": ", {}" if kind is COMMAND else "",
    }


def _check_classes(checkout: Checkout, names: dict[str, str]) -> None:
    folder = checkout.root / _MESSAGES
    there = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))
    for each in (names["message"], names["view"]):
        if re.search(rf"\b{each}\b", there):
            raise taken(f"a class {each} in slipway.messages")


def _afterwards(kind: Kind, names: dict[str, str]) -> list[str]:
    where = f"functions/{kind.room}/{names['name']}.py"
    asked = f"functions/slipway/messages/{names['name']}.py"
    what = "the decision" if kind is COMMAND else "what it reads"
    return [
        f"put {what} into {where}, what is asked into {asked}",
        f"docs/http.md, CHANGELOG.md: {kind.method} {names['path']}",
    ]
