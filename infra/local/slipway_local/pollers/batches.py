"""Which items of a batch a function did not manage: the contract of ReportBatchItemFailures."""

import json
from collections.abc import Sequence
from typing import Any

from slipway_local.functions.invocation import Answer


def failed_identifiers(answer: Answer) -> set[str] | None:
    """None: the whole batch failed. A malformed answer counts as that, as on AWS."""
    if answer.error is not None:
        return None
    if not isinstance(answer.payload, dict):
        return set()
    failures = answer.payload.get("batchItemFailures") or []
    identifiers = {failure.get("itemIdentifier") for failure in failures}
    return None if None in identifiers or "" in identifiers else identifiers


def event_of(records: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"Records": records})
