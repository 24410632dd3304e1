"""Determines the uid that a Dockerfile's image runs as."""

import re

from slipway.containerize.analysis.instructions import instructions, last_stage

# Base images with a known USER, for a Dockerfile without one.
_DISTROLESS, _NGINX = 65532, 101


def user_of(text: str) -> int | None:
    """Return None for root, an unknown base, or a user name, which only /etc/passwd resolves."""
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
