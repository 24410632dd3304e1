"""Convert Trivy's JSON report, schema version 2, to counts and findings."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Results = Sequence[Mapping[str, Any]]


def counts_of(results: Results) -> Mapping[str, int]:
    """Count vulnerabilities and secrets by severity, in capitals."""
    return dict(Counter(finding["severity"] for finding in findings_of(results)))


def findings_of(results: Results) -> Sequence[Mapping[str, Any]]:
    """A finding never contains the secret itself, only its rule and location."""
    return [finding for result in results for finding in _of_one(result)]


def database_date(version: Mapping[str, Any]) -> datetime | None:
    """Return when the vulnerability database was last updated, None when there is none."""
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
