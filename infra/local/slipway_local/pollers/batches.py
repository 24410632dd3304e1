"""Read the failed items of a batch from a function's result (ReportBatchItemFailures)."""

import json
from collections.abc import Sequence
from typing import Any

from slipway_local.functions.invocation import Answer


def failed_identifiers(answer: Answer) -> set[str] | None:
    """Return None if the whole batch failed, also for a malformed result, as on AWS."""
    if answer.error is not None:
        return None
    if not isinstance(answer.payload, dict):
        return set()
    failures = answer.payload.get("batchItemFailures") or []
    identifiers = {failure.get("itemIdentifier") for failure in failures}
    return None if None in identifiers or "" in identifiers else identifiers


def event_of(records: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"Records": records})
