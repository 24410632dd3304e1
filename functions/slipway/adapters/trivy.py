"""The scanner port over the Trivy executable, and a scanner for when it is not installed."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from slipway.adapters.trivy_report import counts_of, database_date, findings_of
from slipway.containerize.scanning import Scanner, ScanReport
from slipway.messages.clock import Clock, utc_now
from slipway.saga.errors import Rejected, Unavailable

TIMEOUT_S = 540
LARGEST_AGE = timedelta(days=7)
_PASSED_ON = {"PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR"}
_PASSED_ON_PREFIXES = ("TRIVY_", "DOCKER_")
_TAIL_CHARS = 500


def scanner_for(name: str | None, docker_host: str | None = None) -> Scanner:
    """`name` is SLIPWAY_SCANNER. Without it, Trivy when it is on PATH.

    Raises Rejected("scanner_missing") when Trivy is configured but not installed.
    """
    if name == "none":
        return NoScanner("SLIPWAY_SCANNER is none")
    program = shutil.which("trivy")
    if program is not None:
        return Trivy(Path(program), docker_host=docker_host)
    if name == "trivy":
        raise Rejected(
            "scanner_missing",
            "SLIPWAY_SCANNER is trivy, but there is no trivy on PATH",
            fix="install Trivy, or set SLIPWAY_SCANNER to none",
            clean=True,
        )
    return NoScanner("there is no trivy on PATH")


class NoScanner:
    """Reports that nothing was scanned, and why; the policy decides whether to accept that."""

    name = "none"

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def scan(self, image_id: str) -> ScanReport:  # noqa: ARG002  (required by the port)
        return ScanReport(status="not_scanned", scanner=self.name, reason=self._reason)


class Trivy:
    """Scans on the engine at `docker_host`; a database older than `largest_age` is an error."""

    name = "trivy"

    def __init__(
        self,
        program: Path,
        *,
        docker_host: str | None = None,
        timeout_s: float = TIMEOUT_S,
        largest_age: timedelta = LARGEST_AGE,
        now: Clock = utc_now,
    ) -> None:
        self._program = program
        self._environment = _environment(os.environ, docker_host)
        self._timeout_s = timeout_s
        self._largest_age = largest_age
        self._now = now

    def scan(self, image_id: str) -> ScanReport:
        with TemporaryDirectory() as folder:
            report, sbom = Path(folder, "report.json"), Path(folder, "sbom.json")
            self._run("image", *_HOW, "--output", str(report), image_id)
            self._refuse_stale()
            self._run("convert", "--format", "cyclonedx", "--output", str(sbom), str(report))
            results = _results(_document(report))
            _document(sbom)
            return ScanReport(
                status="scanned",
                scanner=self.name,
                counts=counts_of(results),
                findings=findings_of(results),
                sbom=sbom.read_bytes(),
            )

    def _refuse_stale(self) -> None:
        updated = database_date(_parsed(self._run("version", "--format", "json")))
        if updated is None or self._now() - updated > self._largest_age:
            raise failed(f"its database is from {updated}" if updated else "it has no database")

    def _run(self, *arguments: str) -> str:
        try:
            done = subprocess.run(  # noqa: S603  (an image id and fixed arguments, no shell)
                (str(self._program), *arguments),
                env=self._environment,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=self._timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise failed(f"it took longer than {self._timeout_s:g} s") from None
        except OSError as error:
            raise failed(f"it does not start: {error.strerror}") from error
        if done.returncode != 0:
            raise failed(f"it exited with {done.returncode}: {done.stderr.strip()[-_TAIL_CHARS:]}")
        return done.stdout


_HOW = ("--quiet", "--format", "json", "--list-all-pkgs", "--scanners", "vuln,secret")


def failed(why: str) -> Unavailable:
    return Unavailable(
        "scanner_failed",
        f"Trivy did not scan the image: {why}",
        fix="run trivy image by hand, or set SLIPWAY_SCANNER to none and accept an unscanned image",
    )


def _environment(environment: Mapping[str, str], docker_host: str | None) -> dict[str, str]:
    """Pass only the variables that Trivy needs, not the credentials of this process."""
    found = {
        key: value
        for key, value in environment.items()
        if key in _PASSED_ON
        or key.startswith(_PASSED_ON_PREFIXES)
        or key.lower() in {"http_proxy", "https_proxy", "no_proxy"}
    }
    return found | ({"DOCKER_HOST": docker_host} if docker_host else {})


def _document(path: Path) -> Mapping[str, Any]:
    try:
        return _parsed(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise failed("it wrote no report") from error


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        document: Any = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise failed("its report is not JSON")
    return document


def _results(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    if "SchemaVersion" not in document:
        raise failed("its report has no SchemaVersion")
    return document.get("Results") or ()
