"""Every call that the SDK makes inside a block: which operation, what was asked, what was read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.client import BaseClient

from slipway_local.glue.patching import replaced


@dataclass(frozen=True)
class Call:
    operation: str
    asked: Mapping[str, Any]
    items: int
    """Looked at, also when a filter has dropped them."""

    @property
    def filters(self) -> bool:
        return bool({"FilterExpression", "ScanFilter", "QueryFilter"} & self.asked.keys())


@contextmanager
def recorded() -> Iterator[list[Call]]:
    """Those of every client, also of one that was built before."""
    calls: list[Call] = []
    original: Any = BaseClient._make_api_call  # type: ignore[attr-defined]

    def called(client: Any, operation: str, asked: Mapping[str, Any]) -> Any:
        answer = original(client, operation, asked)
        calls.append(Call(operation, asked, _items(answer)))
        return answer

    with replaced(BaseClient, "_make_api_call", called):
        yield calls


def _items(answer: Mapping[str, Any]) -> int:
    if "ScannedCount" in answer:
        return int(answer["ScannedCount"])
    if "Responses" in answer:
        return sum(len(items) for items in answer["Responses"].values())
    return int("Item" in answer)
