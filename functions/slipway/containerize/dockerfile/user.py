"""The uid that an image of this Dockerfile runs as."""

import re

from slipway.containerize.analysis.instructions import instructions, last_stage

# Images whose own USER is no number in the Dockerfile at hand.
_DISTROLESS, _NGINX = 65532, 101


def user_of(text: str) -> int | None:
    """None for root, and for a name: only the image's /etc/passwd knows its number."""
    final = last_stage(instructions(text))
    user = next((each for each in reversed(final) if each.word == "USER"), None)
    if user is not None:
        number = re.match(r"[\"']?(\d{1,9})\b", user.rest)
        return int(number.group(1)) or None if number else None
    return _of_base(final[0].rest) if final else None


def _of_base(base: str) -> int | None:
    """`base` is what follows FROM."""
    words = (word.partition("@")[0] for word in base.split() if not word.startswith("--"))
    name, _, tag = next(words, "").rpartition(":")
    if "nginx-unprivileged" in base:
        return _NGINX
    return _DISTROLESS if "distroless/" in name and "nonroot" in tag else None
