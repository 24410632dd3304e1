"""Write Slipway's log records to the log of the running function, in Lambda's JSON format."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from slipway_local.functions.logs import written

_AS_JSON = json.JSONEncoder(default=str)
_STANDARD = vars(logging.makeLogRecord({})).keys() | {"message"}


class _Records(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        """Outside of functions, show only records at logging's last resort level (warnings)."""
        line = _AS_JSON.encode(_fields(record))
        otherwise = logging.lastResort
        if not written(f"{line}\n") and otherwise and record.levelno >= otherwise.level:
            otherwise.handle(record)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """Return the fields of a record, with those that were given as `extra`."""
    time = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
    fields = {"timestamp": time, "level": record.levelname, "message": record.getMessage()}
    if record.exc_info:
        fields["stackTrace"] = logging.Formatter().formatException(record.exc_info)
    extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    return {**fields, "logger": record.name, **extra}


@contextmanager
def recorded() -> Iterator[None]:
    """Log at level INFO, as in the template."""
    logger, handler = logging.getLogger("slipway"), _Records()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
