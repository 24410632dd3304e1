"""Keep credentials out of log lines."""

import re

_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")
_HEADER = re.compile(r"(?i)\b((?:proxy-)?authorization:\s*\w+\s+)\S+")
HIDDEN = "***"


def redacted(line: str, *secrets: str | None) -> str:
    """Hide what stands before the host in an address, what authorizes, and the given secrets."""
    for secret in filter(None, secrets):
        line = line.replace(secret, HIDDEN)
    return _HEADER.sub(rf"\1{HIDDEN}", _USERINFO.sub(f"{HIDDEN}@", line))
