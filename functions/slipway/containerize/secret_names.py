"""Detects secrets among an app's settings and redacts them, in every encoding."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, unquote

from slipway.containerize.token_shapes import SHAPED

HIDDEN = "***"
SECRET_NAME = re.compile(
    r"(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)(?:_|$)",
    re.IGNORECASE,
)
"""Names that certainly mean a secret: policies may refuse them."""
_MAYBE = re.compile(
    r"PASS(?:PHRASE|WORD|WD)?|SECRET|TOKEN|CREDENTIAL|CONNECTION_?STRING"
    r"|(?:^|_)(?:PW|PAT|O?AUTH2?|DSN|SALT|CREDS|PIN|JWT|OTP|PEPPER|PEM|COOKIE|WEBHOOK)(?:_|$)"
    r"|(?<!MON)KEYS?(?:_|$)|PWD(?:_|$)",
    re.IGNORECASE,
)
"""Names that may mean a secret: redacted too, as a false positive does no harm."""
_SHORT = 4
_LOGIN = re.compile(r"://([^/\s@]*):([^/\s]*)@|://([^/\s:@]+)@")
_PART = re.compile(r"(?:password|passwd|pwd|secret|token|key)\s*=\s*([^\s;&,'\"]+)", re.IGNORECASE)
_TELLS_ITSELF = re.compile(
    r"(?<=:thin:)[^/\s:@]+/[^\s@]+(?=@)|(?<=Bearer )\S+|(?<=Basic )[A-Za-z0-9+/=]{8,}"
)
"""Secrets known by their context: an Oracle connection string, an Authorization header."""
_NAMED = re.compile(
    r"""(?:password|passwd|pwd|secret|api_?key|(?:account|access)_?key|(?:auth|access)_?token
    |client-key-data)
    ["']?\s*[:=]\s*["']?([^\s;&,'"]+)""",
    re.IGNORECASE | re.VERBOSE,
)
"""Key and value within any setting, such as a URL's parameters or JSON."""
_OPTION = re.compile(r"--[\w-]*(?:password|secret|token)\s+([^\s-]\S*)", re.IGNORECASE)
"""An option of a command line in a setting."""


def secrets_in(settings: Mapping[str, str], *, all_of_them: bool = False) -> list[str]:
    """Return the strings to redact, in every encoding, longest first.

    With `all_of_them` every value is a secret, whatever its name: they come from a Secret.
    """
    found = {
        spelling
        for name, value in settings.items()
        for secret in (*_secrets(name, value), *((value,) if all_of_them else ()))
        for spelling in _spellings(secret)
    }
    return sorted(filter(None, found), key=lambda each: (-len(each), each))


def without_secrets(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings with every value that is or contains a secret replaced by `***`."""
    return {k: HIDDEN if any(_secrets(k, v)) else v for k, v in settings.items()}


def hide(text: str, secrets: Sequence[str]) -> str:
    """Redact secrets; those below four characters only as whole words, to keep text readable."""
    for secret in secrets:
        if len(secret) < _SHORT:
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, text)
        else:
            text = text.replace(secret, HIDDEN)
    return text


def _secrets(name: str, value: str) -> Iterator[str]:
    if value.strip() and _MAYBE.search(name):
        yield value
        yield from _PART.findall(value)
    yield from _NAMED.findall(value)
    yield from _OPTION.findall(value)
    yield from _TELLS_ITSELF.findall(value)
    yield from SHAPED.findall(value)
    for login in _LOGIN.finditer(value):
        yield login.group(2) or login.group(3) or ""


def _spellings(secret: str) -> Iterator[str]:
    """Yield the secret as it is, URL-, JSON- and repr-encoded, and line by line."""
    for each in {secret.strip(), unquote(secret).strip(), quote(secret.strip(), safe="")}:
        yield each
        yield json.dumps(each)[1:-1]
        yield repr(each)[1:-1]
        if len(lines := each.splitlines()) > 1:
            yield from (line.strip() for line in lines if len(line.strip()) >= _SHORT)
