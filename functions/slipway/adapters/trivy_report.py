"""Trivy's JSON report, version 2 of its schema, in our words."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Results = Sequence[Mapping[str, Any]]


def counts_of(results: Results) -> Mapping[str, int]:
    """Vulnerabilities by severity, in capitals. Secrets count under their own severity."""
    return dict(Counter(finding["severity"] for finding in findings_of(results)))


def findings_of(results: Results) -> Sequence[Mapping[str, Any]]:
    """The secret itself is never in a finding, only its rule and place."""
    return [finding for result in results for finding in _of_one(result)]


def database_date(version: Mapping[str, Any]) -> datetime | None:
    """When the vulnerability database was last updated; None when there is none."""
    text = (version.get("VulnerabilityDB") or {}).get("UpdatedAt")
    try:
        updated = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return updated if updated.tzinfo else updated.replace(tzinfo=UTC)


def _of_one(result: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    target = result.get("Target", "")
    for each in result.get("Vulnerabilities") or ():
        yield {
            "kind": "vulnerability",
            "id": each.get("VulnerabilityID", ""),
            "severity": each.get("Severity", "UNKNOWN"),
            "target": target,
            "package": each.get("PkgName", ""),
            "installed": each.get("InstalledVersion", ""),
            "fixed": each.get("FixedVersion") or None,
            "title": each.get("Title", ""),
        }
    for each in result.get("Secrets") or ():
        yield {
            "kind": "secret",
            "id": each.get("RuleID", ""),
            "severity": each.get("Severity", "UNKNOWN"),
            "target": target,
            "line": each.get("StartLine"),
            "title": each.get("Title", ""),
        }
