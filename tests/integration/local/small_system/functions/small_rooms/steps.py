"""What the states of the machine call."""

from typing import Any

from small_rooms.seen import note, trouble


def run(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del context
    trouble(event["step"])
    note("steps", (event["note"], event["step"]))
    return {"ran": event["step"]}


def ask(event: dict[str, Any], context: Any) -> None:
    del context
    note("tokens", event["token"])
