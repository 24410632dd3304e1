"""Read the output of a CodeBuild build from its CloudWatch Logs stream."""

from collections.abc import Iterator
from typing import Any

from slipway.adapters.aws_errors import aws_errors
from slipway.adapters.redaction import LogRedaction
from slipway.containerize.step_log import LIMIT_LINES

_ITS_OWN = "[Container] "


def is_of_the_build(line: str) -> bool:
    """Exclude CodeBuild's own lines on phases and commands, which follow the build's error."""
    return not line.startswith(_ITS_OWN)


def lines_of(client: Any, group: str, stream: str) -> Iterator[str]:
    """Yield redacted lines from the first one on; none while the stream does not exist yet."""
    given, count, redaction = dict[str, str](), 0, LogRedaction()
    while count <= LIMIT_LINES:
        page = _page(client, group, stream, given)
        for event in page.get("events", ()):
            shown = redaction.shown(event["message"].rstrip())
            lines = [] if shown is None else shown.rstrip().split("\n")
            count += len(lines)
            yield from lines
        following = page.get("nextForwardToken")
        if not page.get("events") or following in {None, given.get("nextToken")}:
            return
        given = {"nextToken": following}


def _page(client: Any, group: str, stream: str, given: dict[str, str]) -> dict[str, Any]:
    with aws_errors("read the build's log"):
        try:
            page: dict[str, Any] = client.get_log_events(
                logGroupName=group, logStreamName=stream, startFromHead=True, **given
            )
        except client.exceptions.ResourceNotFoundException:
            return {}
    return page
