"""Which settings of an application look like secrets, and in what spellings they may be told."""

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
"""Surely one: policies may refuse it."""
_MAYBE = re.compile(
    r"PASS(?:PHRASE|WORD|WD)?|SECRET|TOKEN|CREDENTIAL|CONNECTION_?STRING"
    r"|(?:^|_)(?:PW|PAT|O?AUTH2?|DSN|SALT|CREDS|PIN|JWT|OTP|PEPPER|PEM|COOKIE|WEBHOOK)(?:_|$)"
    r"|(?<!MON)KEYS?(?:_|$)|PWD(?:_|$)",
    re.IGNORECASE,
)
"""Hidden too: what is hidden in vain does no harm."""
_SHORT = 4
_LOGIN = re.compile(r"://([^/\s@]*):([^/\s]*)@|://([^/\s:@]+)@")
_PART = re.compile(r"(?:password|passwd|pwd|secret|token|key)\s*=\s*([^\s;&,'\"]+)", re.IGNORECASE)
_TELLS_ITSELF = re.compile(
    r"(?<=:thin:)[^/\s:@]+/[^\s@]+(?=@)|(?<=Bearer )\S+|(?<=Basic )[A-Za-z0-9+/=]{8,}"
)
"""By what stands around it: an address of Oracle, a header with a login."""
_NAMED = re.compile(
    r"""(?:password|passwd|pwd|secret|api_?key|(?:account|access)_?key|(?:auth|access)_?token
    |client-key-data)
    ["']?\s*[:=]\s*["']?([^\s;&,'"]+)""",
    re.IGNORECASE | re.VERBOSE,
)
"""Within any setting, such as an address with parameters, or JSON."""
_OPTION = re.compile(r"--[\w-]*(?:password|secret|token)\s+([^\s-]\S*)", re.IGNORECASE)
"""Of a command that a setting has."""


def secrets_in(settings: Mapping[str, str], *, all_of_them: bool = False) -> list[str]:
    """What must not be told of them, in every spelling, the longest first.

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
    """The same names; a value that is a secret, or has one in it, gives way."""
    return {k: HIDDEN if any(_secrets(k, v)) else v for k, v in settings.items()}


def hide(text: str, secrets: Sequence[str]) -> str:
    """A secret of a letter or two is hidden where it is a word: it would be in every other one."""
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
    """As it is, as addresses, JSON and programs write it, and line by line."""
    for each in {secret.strip(), unquote(secret).strip(), quote(secret.strip(), safe="")}:
        yield each
        yield json.dumps(each)[1:-1]
        yield repr(each)[1:-1]
        if len(lines := each.splitlines()) > 1:
            yield from (line.strip() for line in lines if len(line.strip()) >= _SHORT)
