"""What fails is undone: engine, registry and cluster are as they were before."""

import json
import threading
from pathlib import Path

import pytest
from tests.engine.command_line import document, slipway
from tests.engine.places import PRICES, make_full_namespace
from tests.engine.story import APPS, Story, assert_undone
from tests.engines.cluster_api import ClusterApi
from tests.engines.settings import Engines

from slipway import wiring
from slipway_local.cli.exits import Exit

pytestmark = pytest.mark.engine

ALWAYS_SORRY = """
require("http")
  .createServer((request, response) => response.writeHead(500).end("sorry"))
  .listen(process.env.PORT || 3000);
"""

TELLS_ALL = """
console.log(process.env);
console.log(process.env.DB_PASSWORD, new URL(process.env.DB_URL).password);
console.log("this shop has " + process.env.TEA);
process.exit(3);
"""


def test_a_build_that_fails_leaves_nothing_and_the_command_says_so(
    story: Story, engines: Engines
) -> None:
    before = story.look()
    here = {"SLIPWAY_URL": story.system.url, "SLIPWAY_TOKEN": story.system.token}
    command = ["deploy", str(APPS / "broken-build"), "--name", story.name]

    done = slipway(command, engines.environment | here)

    view = document(done)
    story.workflows.append(view["workflow_id"])
    assert_undone(view, "build_image", {"build_failed"})
    assert "prices.csv is missing" in view["error"]["message"]
    assert done.returncode == Exit.ROLLED_BACK
    assert story.changes(before) == []
    log = f"/workflows/{view['workflow_id']}/artifacts/build_image/build.log"
    assert "build: prices.csv is missing" in story.client.text(log)


def test_an_application_that_crashes_is_withdrawn_with_its_image_and_namespace(
    story: Story,
) -> None:
    before = story.look()

    view = story.run(APPS / "crashes")

    assert_undone(view, "deploy_application", {"crash_loop"})
    assert story.changes(before) == []
    log = f"/workflows/{view['workflow_id']}/artifacts/deploy_application/pods.log"
    assert "the shop has no tea" in story.client.text(log)


def test_an_application_that_tells_its_password_when_it_fails_is_not_quoted(
    story: Story, tmp_path: Path
) -> None:
    (tmp_path / "package.json").write_text('{"scripts": {"start": "node server.js"}}')
    (tmp_path / "server.js").write_text(TELLS_ALL)
    secrets = {"DB_PASSWORD": "assam$$and, milk", "DB_URL": "postgres://anna:sencha@db/shop"}

    view = story.run(tmp_path, app={"env": {**secrets, "TEA": "oolong"}})

    assert_undone(view, "deploy_application", {"crash_loop"})
    address = f"/workflows/{view['workflow_id']}"
    log = story.client.text(f"{address}/artifacts/deploy_application/pods.log")
    assert "this shop has oolong" in log
    told = log + json.dumps([view, story.client.get(f"{address}/timeline")])
    assert [word for word in ("assam", "milk", "sencha") if word in told] == []


def test_a_namespace_with_somebody_elses_things_is_as_it_was(
    story: Story, cluster: ClusterApi
) -> None:
    make_full_namespace(cluster, story.name)
    before = story.look()

    view = story.run(APPS / "static")

    assert_undone(view, "deploy_application", {"pod_refused"})
    assert story.changes(before) == []
    kept = cluster.call("GET", f"/api/v1/namespaces/{story.name}/configmaps/prices")
    assert kept["data"] == PRICES


def test_an_application_that_is_ready_but_answers_badly_is_withdrawn(
    story: Story, tmp_path: Path
) -> None:
    (tmp_path / "package.json").write_text('{"scripts": {"start": "node server.js"}}')
    (tmp_path / "server.js").write_text(ALWAYS_SORRY)
    before = story.look()

    with wiring.use(pause=_hurry):
        view = story.run(tmp_path)

    assert_undone(view, "verify_deployment", {"probe_failed"})
    assert "500" in view["error"]["message"]
    assert story.changes(before) == []


def _hurry(seconds: float) -> None:
    """Half a minute of asking in vain becomes three seconds."""
    threading.Event().wait(seconds / 10)


def test_what_is_only_to_be_pushed_is_pushed_and_never_reaches_the_cluster(story: Story) -> None:
    before = story.look()

    view = story.run(APPS / "static", options={"deploy": False})

    assert view["status"] == "COMPLETED", view
    assert view["service"] is None
    new = story.changes(before)
    pushed = view["image"]["reference"].partition("/")[2]
    assert f"registry {pushed}: absent → {view['image']['digest']}" in new
    assert [line for line in new if not line.startswith(("registry ", "image "))] == []
