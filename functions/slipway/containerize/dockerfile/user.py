"""The uid that an image of this Dockerfile runs as."""

import re

from slipway.containerize.analysis.instructions import instructions, last_stage

# Images whose own USER is no number in the Dockerfile at hand.
_KNOWN_BASES = ((r"distroless/\S+:\S*nonroot", 65532), (r"nginx-unprivileged", 101))


def user_of(text: str) -> int | None:
    """None for root, and for a name: only the image's /etc/passwd knows its number."""
    final = last_stage(instructions(text))
    user = next((each for each in reversed(final) if each.word == "USER"), None)
    if user is not None:
        number = re.match(r"[\"']?(\d{1,9})\b", user.rest)
        return int(number.group(1)) or None if number else None
    base = final[0].rest if final else ""
    return next((uid for pattern, uid in _KNOWN_BASES if re.search(pattern, base)), None)
