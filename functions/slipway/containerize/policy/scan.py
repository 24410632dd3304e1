"""Scan policy: which results of a scan block an image."""

from slipway.containerize.scanning import ScanReport

BLOCKING = ("CRITICAL",)
BLOCKING_STRICT = ("CRITICAL", "HIGH")


def refusal(report: ScanReport, *, strict: bool, asked: bool) -> tuple[str, str] | None:
    """Return an error code and message if the image is blocked.

    A missing scan blocks only if strict and a scan was asked for.
    """
    if report.status != "scanned":
        if strict and asked:
            return "not_scanned", f"strict, but the image was not scanned: {report.reason}"
        return None
    found = {
        severity: count
        for severity in (BLOCKING_STRICT if strict else BLOCKING)
        if (count := report.counts.get(severity, 0))
    }
    if not found:
        return None
    counts = ", ".join(f"{count} {severity.lower()}" for severity, count in found.items())
    return "vulnerable", f"the image has known vulnerabilities: {counts}"
