"""Trivy's answers, from a program that answers as it does."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from slipway.adapters.trivy import NoScanner, Trivy, scanner_for
from slipway.saga.errors import Rejected, Unavailable

TODAY = datetime(2030, 3, 2, tzinfo=UTC)
FRESH = {"Version": "0.76.0", "VulnerabilityDB": {"UpdatedAt": "2030-03-01T06:12:31.123456789Z"}}
OLD = {"Version": "0.76.0", "VulnerabilityDB": {"UpdatedAt": "2030-01-01T06:12:31Z"}}
NO_DATABASE = {"Version": "0.76.0"}
REPORT = {
    "SchemaVersion": 2,
    "ArtifactName": "sha256:1",
    "Results": [
        {"Target": "debian", "Class": "os-pkgs", "Packages": [{"Name": "libc6"}]},
        {
            "Target": "debian",
            "Vulnerabilities": [
                {
                    "VulnerabilityID": "CVE-2030-1",
                    "PkgName": "openssl",
                    "InstalledVersion": "3.0",
                    "FixedVersion": "3.1",
                    "Severity": "CRITICAL",
                },
                {"VulnerabilityID": "CVE-2030-2", "PkgName": "zlib", "Severity": "LOW"},
            ],
        },
        {
            "Target": "/app/.env",
            "Secrets": [
                {"RuleID": "aws-key", "Severity": "CRITICAL", "Match": "AKIA", "StartLine": 3}
            ],
        },
    ],
}

PROGRAM = """#!/bin/sh
# Answers as trivy does: the report goes to --output, the version to standard output.
folder=$(dirname "$0")
echo "$@" >> "$folder/asked"
env >> "$folder/environment"
case $1 in
  version) cat "$folder/version.json"; exit ;;
  image) [ -e "$folder/hangs" ] && exec sleep 60; answer=report.json ;;
  convert) answer=sbom.json ;;
esac
[ -e "$folder/crashes" ] && { echo "FATAL database error" >&2; exit 1; }
while [ "$1" != --output ]; do shift; done
cat "$folder/$answer" > "$2"
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "trivy"
    path.write_text(PROGRAM)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    answers(tmp_path, REPORT, FRESH)
    return path


def answers(folder: Path, report: Any, version: Any) -> None:
    (folder / "report.json").write_text(json.dumps(report))
    (folder / "version.json").write_text(json.dumps(version))
    (folder / "sbom.json").write_text('{"bomFormat": "CycloneDX"}')


def scanner(program: Path, timeout_s: float = 20) -> Trivy:
    return Trivy(program, timeout_s=timeout_s, now=lambda: TODAY)


def test_a_scan_counts_by_severity_and_brings_the_bill_of_materials(program: Path) -> None:
    report = scanner(program).scan("sha256:1")

    assert report.status == "scanned"
    assert report.counts == {"CRITICAL": 2, "LOW": 1}
    assert [finding["id"] for finding in report.findings] == ["CVE-2030-1", "CVE-2030-2", "aws-key"]
    assert json.loads(report.sbom or b"")["bomFormat"] == "CycloneDX"


def test_a_secret_that_was_found_is_not_repeated_in_the_report(program: Path) -> None:
    assert "AKIA" not in str(scanner(program).scan("sha256:1").findings)


def test_an_image_without_findings_was_scanned_all_the_same(program: Path) -> None:
    answers(program.parent, {"SchemaVersion": 2, "Results": None}, FRESH)

    report = scanner(program).scan("sha256:1")

    assert (report.status, report.counts) == ("scanned", {})


def test_the_scanner_does_not_see_the_secrets_of_this_process(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "battery")
    monkeypatch.setenv("TRIVY_CACHE_DIR", "/cache")

    scanner(program).scan("sha256:1")

    seen = (program.parent / "environment").read_text()
    assert "battery" not in seen
    assert "TRIVY_CACHE_DIR=/cache" in seen


@pytest.mark.parametrize("version", [OLD, NO_DATABASE])
def test_an_old_database_or_none_is_no_scan(program: Path, version: Any) -> None:
    answers(program.parent, REPORT, version)

    with pytest.raises(Unavailable, match=r"scanner_failed.*database"):
        scanner(program).scan("sha256:1")


def test_a_crash_is_no_scan_and_its_last_words_are_told(program: Path) -> None:
    (program.parent / "crashes").touch()

    with pytest.raises(Unavailable, match=r"scanner_failed.*FATAL database error"):
        scanner(program).scan("sha256:1")


def test_a_scanner_that_hangs_is_ended(program: Path) -> None:
    (program.parent / "hangs").touch()

    with pytest.raises(Unavailable, match=r"scanner_failed.*longer than 0.2 s"):
        scanner(program, timeout_s=0.2).scan("sha256:1")


@pytest.mark.parametrize("report", [[], {}, "words"])
def test_a_report_of_another_shape_is_no_scan(program: Path, report: Any) -> None:
    answers(program.parent, report, FRESH)

    with pytest.raises(Unavailable, match="scanner_failed"):
        scanner(program).scan("sha256:1")


def test_trivy_is_taken_when_it_is_there(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(program.parent))

    assert isinstance(scanner_for(None), Trivy)
    assert isinstance(scanner_for("trivy"), Trivy)
    assert isinstance(scanner_for("none"), NoScanner)


def test_without_trivy_nothing_is_scanned_and_the_reason_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    report = scanner_for(None).scan("sha256:1")

    assert (report.status, report.reason) == ("not_scanned", "there is no trivy on PATH")
    with pytest.raises(Rejected, match="scanner_missing"):
        scanner_for("trivy")
