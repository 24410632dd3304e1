"""Redact credentials and terminal sequences from untrusted text, in linear time.

Users choose what a build prints, so every quantifier here that could backtrack is possessive.
"""

import re

from slipway.adapters.key_lines import KeyLines, without_keys
from slipway.containerize.token_shapes import SHAPED

HIDDEN = "***"
_CONTROL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]"  # colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*+(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*+[0-~]"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_SEPARATOR = r"\\?[\"']?[ \t]*+[:=][ \t]*+"
_AUTHORIZATION = re.compile(
    rf"((?:authorization|cookie){_SEPARATOR}\[?+(?:b(?=[\"']))?\\?)"
    r"(?:\"((?:SCHEME)?)[^\"\n]++|'((?:SCHEME)?)[^'\n]++"
    r"|((?:SCHEME)?)(?:[^\"'\n]|(?<==)\"[^\"\n]*+\")++)".replace(
        "SCHEME", r"(?:basic|bearer|digest|negotiate|token|aws4-hmac-sha256)[ \t]++"
    ),
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"((?:"
    rf"(?:_auth(?:token)?|_password|x-registry-(?:auth|config)|private-token|job-token|deploy-token"
    rf"|x-auth-token|x-amz-security-token|x-api-key|identitytoken|registrytoken){_SEPARATOR}"
    r"|(?:passw(?:or)?d|token|secret|api[-_]?key|access[-_]?key)"
    r"(?:=|\\?[\"']\s*+:\s*+(?=\\?[\"']))"
    r"|--(?:password|token|secret)[ \t]++"
    r")\\?[\"']?+)[^\s\"'\\,;&]++",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(\bbearer[ \t]++)[\w.~+/=-]{16,}+", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[/?#]|$)", re.ASCII)
_OPENED = re.compile(r"[^/:@\[\]]+:(?!\d{1,5}(?:\W|$))")


def redacted(text: str, *secrets: str | None) -> str:
    """Hide logins in addresses, authorization values, and the given secrets.

    Terminal sequences and control characters are removed first, as they could split a secret; tabs
    and line ends stay, and a carriage return becomes a blank.
    """
    text = without_keys(_plain(text))
    for secret in filter(None, secrets):
        text = text.replace(secret, HIDDEN)
    if "://" in text:
        text = "\n".join(_without_logins(line) for line in text.split("\n"))
    text = _AUTHORIZATION.sub(_authorization, text)
    text = _NAMED.sub(rf"\1{HIDDEN}", text)
    return SHAPED.sub(HIDDEN, _BEARER.sub(rf"\1{HIDDEN}", text))


class LogRedaction:
    """Redacts one log that arrives in pieces of whole lines; a private key may span several."""

    def __init__(self) -> None:
        self._keys = KeyLines()

    def shown(self, text: str) -> str | None:
        """Like `redacted`. Returns None if the text lies within a key that began earlier."""
        shown = self._keys.shown(_plain(text))
        return None if shown is None else redacted(shown)


def _plain(text: str) -> str:
    return _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", " ")


def _authorization(found: re.Match[str]) -> str:
    before, double, single, bare = found.groups()
    if double is not None:
        return f'{before}"{double}{HIDDEN}'
    return f"{before}'{single}{HIDDEN}" if single is not None else f"{before}{bare}{HIDDEN}"


def _without_logins(line: str) -> str:
    """Redact logins, also a password with blanks: from `://name:` to the next word with `@`."""
    shown: list[str] = []
    opened: int | None = None
    for part in re.split(r"(\s+)", line):
        if opened is not None and "@" in part:
            del shown[opened + 1 :]
            start = shown[opened].partition("://")[0]
            shown[opened] = f"{start}://{HIDDEN}@{part.rpartition('@')[2]}"
            opened = None
            continue
        shown.append(_without_login(part))
        if opened is None and _opens(part):
            opened = len(shown) - 1
    return "".join(shown)


def _without_login(word: str) -> str:
    """Redact up to the last `@`, except in the path of a plain host."""
    first, *rest = word.split("://")
    shown = [first]
    for index, segment in enumerate(rest):
        if not _HOST.match(segment):
            before, at, after = "://".join(rest[index:]).rpartition("@")
            return "://".join(
                [*shown, f"{HIDDEN}@{after}" if at and before else f"{before}{at}{after}"]
            )
        shown.append(segment)
    return "://".join(shown)


def _opens(word: str) -> bool:
    _, there, rest = word.rpartition("://")
    return bool(there) and "@" not in rest and _OPENED.match(rest) is not None
