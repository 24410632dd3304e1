"""Figures in the read table: one item per owner, day (or `now`) and shard.

They are updated in the transaction that updates the view. Sharding keeps the transactions of an
owner's concurrent workflows from conflicting on one item.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from slipway.adapters.dynamodb_items import Item, key
from slipway.adapters.dynamodb_selection import spelled
from slipway.cqrs.figures import NOTHING, NOW, Tally, day_of, difference

SHARDS = 4
"""Chosen by workflow id. Reading one day of an owner takes as many items."""


@dataclass(frozen=True)
class Kept:
    """What the figures count of a stored view; `text` is None if the view is not counted."""

    version: int
    text: str | None

    @property
    def tally(self) -> Tally:
        return read_tally(self.text) if self.text else NOTHING


def text_of(tally: Tally) -> str:
    """Serialize a tally; equal tallies have the same text."""
    return json.dumps(sorted([*key, number] for key, number in tally.items()))


def read_tally(text: str) -> Tally:
    return {(place, name): number for place, name, number in json.loads(text)}


def additions(
    table: str, owner: str, workflow_id: str, before: Tally, after: Tally
) -> Sequence[Mapping[str, Any]]:
    """Return the transaction items that change the figures from one tally to the next."""
    places: dict[str, dict[str, int]] = defaultdict(dict)
    for (place, name), number in difference(before, after).items():
        places[place][name] = number
    shard = crc32(workflow_id.encode()) % SHARDS
    return [
        {"Update": {"TableName": table, "Key": key(_pk(owner), f"{place}#{shard}"), **_add(counts)}}
        for place, counts in sorted(places.items())
    ]


def of_now(owner: str) -> Item:
    """Return the parameters of a Query."""
    return _between(owner, NOW, NOW)


def of_days(owner: str, since: date, until: date) -> Item:
    """Return the parameters of a Query. `until` is exclusive."""
    return _between(owner, day_of(since), day_of(until - timedelta(days=1)))


def total(items: Sequence[Mapping[str, Any]]) -> Tally:
    """Sum the figures over the shards."""
    found: Counter[tuple[str, str]] = Counter()
    for item in items:
        place = item["sk"]["S"].partition("#")[0]
        for name, value in item.items():
            if "N" in value:
                found[place, name] += int(value["N"])
    return dict(found)


def _pk(owner: str) -> str:
    return f"figures#{spelled(owner)}"


def _between(owner: str, first: str, last: str) -> Item:
    return {
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": {
            ":pk": {"S": _pk(owner)},
            ":first": {"S": f"{first}#"},
            ":last": {"S": f"{last}#~"},
        },
    }


def _add(counts: Mapping[str, int]) -> Item:
    """Names are passed as placeholders, as some are reserved words of DynamoDB."""
    numbered = list(enumerate(sorted(counts.items())))
    return {
        "UpdateExpression": "ADD " + ", ".join(f"#n{n} :n{n}" for n, _ in numbered),
        "ExpressionAttributeNames": {f"#n{n}": name for n, (name, _) in numbered},
        "ExpressionAttributeValues": {f":n{n}": {"N": str(by)} for n, (_, by) in numbered},
    }
