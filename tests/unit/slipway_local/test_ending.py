"""When a running system is asked to end, everything under way is asked to stop."""

import io
from typing import Any, cast

from rich.console import Console

from slipway_local.cli.client import Client
from slipway_local.cli.exits import CliError, Exit
from slipway_local.cli.output import Output
from slipway_local.cli.running import cancelled

SILENT = Output(progress=Console(file=io.StringIO()))


class Shop:
    """Answers as the system does: in pages of two; `ended` are listed although they have ended."""

    def __init__(self, *open_: str, ended: tuple[str, ...] = (), busy: int = 0) -> None:
        self.open, self.ended, self.busy = list(open_), ended, busy
        self.stopped: list[str] = []

    def get(self, _path: str, status: str, limit: int, cursor: str | None) -> dict[str, Any]:
        assert limit
        if self.busy:
            self.busy -= 1
            raise CliError(Exit.UNREACHABLE, "busy")
        found = [*self.ended, *self.open] if status == "RUNNING" else []
        start = int(cursor or 0)
        page = [{"workflow_id": name} for name in found[start : start + 2]]
        following = str(start + 2) if start + 2 < len(found) else None
        return {"items": page, "next_cursor": following}

    def post(self, path: str, _body: object) -> None:
        name = path.split("/")[2]
        if name in self.ended:
            raise CliError(Exit.REFUSED, "the workflow has ended", code="already_finished")
        self.stopped.append(name)


def asked_to_stop(shop: Shop, asked: dict[str, bool]) -> bool:
    return cancelled(cast(Client, shop), asked, SILENT)


def test_one_that_has_ended_meanwhile_keeps_no_other_from_being_stopped() -> None:
    shop = Shop("wf_b", "wf_c", "wf_d", ended=("wf_a",))

    assert asked_to_stop(shop, {})

    assert shop.stopped == ["wf_b", "wf_c", "wf_d"]


def test_each_is_asked_once_and_then_there_is_no_news() -> None:
    shop, asked = Shop("wf_a", "wf_b", "wf_c"), dict[str, bool]()

    assert asked_to_stop(shop, asked)
    assert not asked_to_stop(shop, asked)

    assert shop.stopped == ["wf_a", "wf_b", "wf_c"]


def test_a_system_that_is_too_busy_to_list_is_asked_again() -> None:
    shop, asked = Shop("wf_a", busy=1), dict[str, bool]()

    assert asked_to_stop(shop, asked)
    assert asked_to_stop(shop, asked)

    assert shop.stopped == ["wf_a"]
