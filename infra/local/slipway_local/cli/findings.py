"""One result of `slipway doctor`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`state`: ok, rehearsal (a stand-in serves), missing, unreachable or unusable."""

    part: str
    state: str
    detail: str
    fix: str | None = None
