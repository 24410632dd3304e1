"""Retry policy for requests; a retried change is sent with the same Idempotency-Key."""

import random
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ProtocolError, ReadTimeoutError
from urllib3.util.retry import Retry

_TRIES = 3
_BUSY = (429, 502, 503, 504)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 10.0


class Again(Retry):
    """Exponential backoff with jitter; a longer Retry-After takes precedence, up to 10 s."""

    pause = staticmethod(time.sleep)

    def sleep(self, response: Any = None) -> None:
        asked = self.get_retry_after(response) if response is not None else None
        grown = _FIRST_PAUSE_S * 2 ** (len(self.history) - 1)
        own = grown * random.uniform(0.5, 1.5)  # noqa: S311  (jitter)
        self.pause(min(_LONGEST_PAUSE_S, max(asked or 0.0, own)))


def patient(session: requests.Session, url: str) -> None:
    """Retry 429, 502, 503 and 504 up to three times, connection and read errors once.

    Exempt the sweep, which takes minutes: a retry would run beside the first one. All retries
    end within the five minutes for which a signature is valid.
    """
    again = Again(
        _TRIES,
        connect=1,
        read=1,
        allowed_methods=None,
        status_forcelist=_BUSY,
        raise_on_status=False,
    )
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=again))
    session.mount(f"{url}/sweep", HTTPAdapter())


def missing(error: requests.RequestException, within_s: float) -> str | None:
    """Return why there is no response, or None if the request cannot have reached the server."""
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", inner)
    if isinstance(error, requests.ReadTimeout) or isinstance(reason, ReadTimeoutError):
        return f"did not respond within {within_s:g} s"
    return "closed the connection without a response" if isinstance(reason, ProtocolError) else None
