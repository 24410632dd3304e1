"""A system on stand-ins is killed at any moment, and the next one brings everything to its end."""

import json
import os
from pathlib import Path

import pytest
from tests.mortal import ROOT, Mortal, kill_again_and_again

KILLS, LONGEST_S = 8, 5.0


def test_whenever_it_is_killed_every_accepted_workflow_ends_and_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("SLIPWAY_", "DOCKER_", "KUBECONFIG")
    bare = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    request = {"app": {"name": "shop", "namespace": "shop"}}
    source = ROOT / "tests" / "apps" / "static"
    mortal = Mortal(tmp_path / "state", {**bare, "HOME": str(tmp_path)}, source, [request])

    with capsys.disabled():
        kill_again_and_again(mortal, KILLS, LONGEST_S)
    views = mortal.live_to_the_end()

    assert {view["workflow_id"] for view in views} >= set(mortal.asked)
    assert {view["status"] for view in views} <= {"COMPLETED", "COMPENSATED"}, views
    assert all(view["receipt"]["clean"] for view in views if view["receipt"])
    listed = json.loads(mortal.run("list", "--limit", "100", "--json").stdout)
    assert listed["items"] == views
