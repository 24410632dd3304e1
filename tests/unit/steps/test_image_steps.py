"""The steps that make, scan, name and push the image."""

import json
from typing import Any

import pytest
from tests.faults.rig import REPOSITORY
from tests.unit.steps.bench import ME, Bench

from slipway.adapters.memory.scanner import MemoryScanner
from slipway.containerize.ports import Credentials
from slipway.containerize.scanning import ScanReport
from slipway.saga import Rejected, StepStatus, Unavailable

OTHER = "wf_aaaaaaaaaaaaaaaaaaaaaaaa"
STABLE = f"{REPOSITORY}:stable"
TAGGED: dict[str, Any] = {"image": {"tag": "stable"}}
ADOPTING: dict[str, Any] = {**TAGGED, "options": {"adopt": True}}
APP = 'FROM python:3.13-slim\nRUN {run}\nUSER 10001\nEXPOSE 8080\nCMD ["python", "app.py"]\n'


def owned_by_another(bench: Bench) -> None:
    """Another app's image has the tag that this workflow will take, on engine and registry."""
    bench.source.version = "0"
    bench.submit(OTHER, app={"name": "other"}, image={"repository": REPOSITORY, "tag": "stable"})
    for step in ("analyze_repository", "generate_dockerfile", "build_image", "scan_image"):
        bench.do(step, OTHER)
    bench.do("tag_image", OTHER)
    bench.do("push_image", OTHER)
    bench.source.version = "1"


def test_a_built_image_carries_the_workflow_and_goes_with_its_undo() -> None:
    bench = Bench()
    bench.begin("build_image")
    before = bench.world(ME)

    image = bench.do("build_image").outputs["image_id"]
    assert image in {made.name for made in bench.engine.made_by(ME)}

    bench.undo("build_image")
    assert bench.world(ME) == before


def test_the_log_of_a_build_that_fails_is_kept() -> None:
    bench = Bench()
    bench.source.files = {"Dockerfile": APP.replace("{run}", "echo compiling && exit 1")}
    bench.begin("build_image")

    with pytest.raises(Rejected, match="build_failed"):
        bench.do("build_image")
    bench.undo("build_image")

    log = bench.workspace.get(f"workflows/{ME}/build_image/build.log").decode()
    assert "exit 1" in log
    assert bench.engine.made_by(ME) == []


def test_what_a_killed_build_left_is_removed_and_twice_is_once() -> None:
    bench = Bench()
    bench.begin("build_image")
    bench.do_and_die("build_image", after_call=6)
    assert bench.engine.made_by(ME)

    bench.undo("build_image")
    bench.undo("build_image")

    assert bench.engine.made_by(ME) == []


def test_the_image_of_another_workflow_is_not_touched() -> None:
    bench = Bench()
    owned_by_another(bench)
    theirs = bench.engine.made_by(OTHER)
    bench.begin("scan_image")

    bench.undo("build_image")

    assert bench.engine.made_by(OTHER) == theirs


def scanned(answer: ScanReport | Exception, **options: bool) -> Bench:
    bench = Bench()
    bench.scanner = MemoryScanner(answer)
    bench.begin("scan_image", options=options)
    return bench


def test_the_report_and_the_bill_of_materials_outlive_the_rollback() -> None:
    bench = scanned(ScanReport("scanned", "trivy", counts={"HIGH": 2}, sbom=b"{}"))

    assert bench.do("scan_image").outputs["counts"] == {"HIGH": 2}
    assert bench.undo("scan_image").status is StepStatus.KEPT

    assert bench.keys("scan_image") == {"report.json", "sbom.json"}


def test_an_image_that_was_not_scanned_is_said_so_and_goes_on() -> None:
    bench = scanned(ScanReport("not_scanned", "none", reason="no scanner"))

    outputs = bench.do("scan_image").outputs

    assert (outputs["status"], outputs["reason"]) == ("not_scanned", "no scanner")


@pytest.mark.parametrize(
    ("report", "options", "code"),
    [
        (ScanReport("scanned", "trivy", counts={"CRITICAL": 1}), {}, "vulnerable"),
        (ScanReport("scanned", "trivy", counts={"HIGH": 1}), {"strict": True}, "vulnerable"),
        (ScanReport("not_scanned", "none", reason="no scanner"), {"strict": True}, "not_scanned"),
    ],
    ids=["critical", "high and strict", "not scanned and strict"],
)
def test_the_policy_refuses_an_image_and_the_report_says_why(
    report: ScanReport, options: dict[str, bool], code: str
) -> None:
    bench = scanned(report, **options)

    with pytest.raises(Rejected, match=code):
        bench.do("scan_image")

    told = json.loads(bench.workspace.get(f"workflows/{ME}/scan_image/report.json"))
    assert told["counts"] == dict(report.counts)


def test_a_scanner_that_fails_is_never_a_pass() -> None:
    bench = scanned(Unavailable("scanner_stale", "its database is old"))

    with pytest.raises(Unavailable, match="scanner_stale"):
        bench.do("scan_image")

    assert bench.record("scan_image").status is StepStatus.INTENT


def test_a_scan_that_was_not_asked_for_asks_no_scanner() -> None:
    bench = scanned(ScanReport("scanned", "trivy", counts={"CRITICAL": 9}), scan=False)

    assert bench.do("scan_image").outputs["reason"] == "not asked for"
    assert bench.scanner.asked == []


def test_a_new_tag_goes_with_its_undo() -> None:
    bench = Bench()
    bench.begin("tag_image")

    assert bench.do("tag_image").created == (f"tag:{REPOSITORY}:{ME}",)
    bench.undo("tag_image")
    bench.undo("tag_image")

    assert bench.engine.image_at(f"{REPOSITORY}:{ME}") is None


def test_a_tag_that_named_another_image_names_it_again() -> None:
    bench = Bench()
    owned_by_another(bench)
    theirs = bench.engine.image_at(STABLE)
    bench.begin("tag_image", **ADOPTING)

    assert bench.do("tag_image").adopted == (f"tag:{STABLE}",)
    assert bench.engine.image_at(STABLE) != theirs
    bench.undo("tag_image")

    assert bench.engine.image_at(STABLE) == theirs


def test_a_tag_that_somebody_else_has_moved_meanwhile_is_left_alone() -> None:
    bench = Bench()
    owned_by_another(bench)
    theirs = bench.engine.image_at(STABLE)
    assert theirs
    bench.begin("tag_image")
    bench.do("tag_image")
    bench.engine.tag(theirs, f"{REPOSITORY}:{ME}")

    bench.undo("tag_image")

    assert bench.engine.image_at(f"{REPOSITORY}:{ME}") == theirs


def test_a_pushed_image_goes_with_its_undo() -> None:
    bench = Bench()
    bench.begin("push_image")

    digest = bench.do("push_image").outputs["digest"]
    assert bench.registry.digest(f"{REPOSITORY}:{ME}") == digest
    bench.undo("push_image")
    bench.undo("push_image")

    assert bench.registry.digest(f"{REPOSITORY}@{digest}") is None
    assert bench.registry.tags(REPOSITORY) == []


@pytest.mark.parametrize("push", ["done", "died"])
def test_a_tag_in_the_registry_is_restored_and_only_our_manifest_is_deleted(push: str) -> None:
    bench = Bench()
    owned_by_another(bench)
    theirs = bench.registry.digest(STABLE)
    bench.begin("push_image", **ADOPTING)

    if push == "done":
        bench.do("push_image")
    else:
        bench.do_and_die("push_image", after_call=4)
    ours = bench.registry.digest(STABLE)
    assert ours != theirs
    bench.undo("push_image")

    assert bench.registry.digest(STABLE) == theirs
    assert bench.registry.digest(f"{REPOSITORY}@{ours}") is None


def test_a_manifest_that_another_tag_uses_is_not_deleted() -> None:
    bench = Bench()
    bench.begin("push_image")
    digest = bench.do("push_image").outputs["digest"]
    bench.registry.set_tag(f"{REPOSITORY}:live", digest)

    bench.undo("push_image")

    assert bench.registry.digest(f"{REPOSITORY}:live") == digest


def test_a_tag_in_the_registry_that_somebody_else_has_moved_is_left_alone() -> None:
    bench = Bench()
    owned_by_another(bench)
    theirs = bench.registry.digest(STABLE)
    assert theirs
    bench.begin("push_image")
    ours = bench.do("push_image").outputs["digest"]
    bench.registry.set_tag(f"{REPOSITORY}:{ME}", theirs)

    bench.undo("push_image")

    assert bench.registry.digest(f"{REPOSITORY}:{ME}") == theirs
    assert bench.registry.digest(f"{REPOSITORY}@{ours}") is None


def test_a_push_with_the_wrong_password_is_refused_and_its_log_is_kept() -> None:
    bench = Bench()
    bench.begin("push_image")
    bench.lock_registry(Credentials("anna", "right"))
    with_wrong = Credentials("anna", "wrong")
    bench.wallet.login = with_wrong

    with pytest.raises(Rejected, match="registry_denied"):
        bench.do("push_image")
