"""A plan tells what a deployment would do, and does nothing."""

import json
from pathlib import Path

import pytest
from tests.faults.rig import a_request

from slipway.containerize.analysis import analyze
from slipway.containerize.build_settings import BuildSettings
from slipway.containerize.planning import DIGEST, plan
from slipway.containerize.service import DEFAULT_PORT, service_spec
from slipway.containerize.target import Target
from slipway.saga import Rejected

TARGET = Target("registry.test/apps")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("flask==3.1.0\n")
    (tmp_path / "app.py").write_text("from flask import Flask\n\napp = Flask(__name__)\n")
    return tmp_path


def test_a_plan_holds_all_that_would_be_made_and_the_same_twice(shop: Path) -> None:
    before = sorted(shop.rglob("*"))

    told = plan(shop, a_request(), TARGET, BuildSettings())

    assert told["chosen"] == "."
    assert told["dockerfile"].startswith("FROM ")
    kinds = [manifest["kind"] for manifest in told["manifests"]]
    assert kinds[0] == "Namespace"
    assert {"Deployment", "Service", "ServiceAccount", "NetworkPolicy"} <= set(kinds)
    assert f"registry.test/apps/shop@{DIGEST}" in str(told["manifests"])
    assert plan(shop, a_request(), TARGET, BuildSettings()) == told
    assert sorted(shop.rglob("*")) == before


def test_a_plan_names_the_secrets_among_the_settings_and_no_value(shop: Path) -> None:
    env = {"DB_PASSWORD": "hunter2", "DB_URL": "postgres://anna:assam@db/shop", "TEA": "sencha"}

    told = plan(shop, a_request(app={"env": env}), TARGET, BuildSettings())

    (secret,) = (m for m in told["manifests"] if m["kind"] == "Secret")
    assert secret["stringData"] == {"DB_PASSWORD": "***", "DB_URL": "***"}
    text = json.dumps(told)
    assert text.count(secret["metadata"]["name"]) == 3
    assert "sencha" in text
    assert [word for word in ("hunter2", "assam") if word in text] == []


def findings(root: Path) -> dict[str, tuple[str, str]]:
    told = plan(root, a_request(), TARGET, BuildSettings())
    return {each["code"]: (each["file"], each["fix"]) for each in told["findings"]}


def test_a_development_server_is_told_with_the_way_out_of_it(shop: Path) -> None:
    assert findings(shop)["development_server"] == ("app.py", "add gunicorn to the requirements")

    (shop / "requirements.txt").write_text("flask==3.1.0\ngunicorn==23.0.0\n")

    assert "development_server" not in findings(shop)


@pytest.mark.parametrize(
    "line", ['dependencies = "flask"', "dependencies = [1]", "name = 1", "version = 2"]
)
def test_a_pyproject_that_no_installer_understands_is_told(shop: Path, line: str) -> None:
    (shop / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    assert "malformed_manifest" not in findings(shop)
    given = f"[project]\n{line}\n"

    (shop / "pyproject.toml").write_text(given)

    assert findings(shop)["malformed_manifest"][0] == "pyproject.toml"


def test_a_pyproject_whose_project_is_no_table_is_told(shop: Path) -> None:
    (shop / "pyproject.toml").write_text("project = 1\n")

    assert findings(shop)["malformed_manifest"][0] == "pyproject.toml"


def test_a_manifest_that_cannot_be_read_is_told_with_its_line(shop: Path) -> None:
    (shop / "pyproject.toml").write_text('[project]\nname = "shop\n')

    found = plan(shop, a_request(), TARGET, BuildSettings())["findings"]

    (told,) = (each for each in found if each["code"] == "malformed_manifest")
    assert (told["file"], told["line"]) == ("pyproject.toml", 2)
    assert "pyproject.toml cannot be read" in told["message"]


def test_a_manifest_that_cannot_be_read_is_why_nothing_says_how_to_start(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{\n  "scripts": {\n    "start" "node app.js"\n  }\n}\n')

    with pytest.raises(Rejected, match=r"package\.json cannot be read: .*line 3") as refused:
        plan(tmp_path, a_request(), TARGET, BuildSettings())

    assert (refused.value.code, refused.value.fix) == (
        "malformed_manifest",
        "fix package.json, line 3",
    )


def test_a_plan_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="empty_source"):
        plan(tmp_path, a_request(), TARGET, BuildSettings())


@pytest.mark.parametrize(
    ("asked", "found", "port"), [(9000, 5000, 9000), (None, 5000, 5000), (None, None, DEFAULT_PORT)]
)
def test_the_port_is_the_one_asked_for_or_found_or_the_default(
    shop: Path, asked: int | None, found: int | None, port: int
) -> None:
    component = analyze(shop).component.model_copy(update={"port": found})
    request = a_request(app={"port": asked})

    spec = service_spec(
        "wf_me",
        request,
        component,
        f"r.test/shop@{DIGEST}",
        10001,
        secrets={},
        pull_secret="shop-pull",
    )

    assert spec.port == port
    assert (spec.namespace, spec.pull_secret) == ("shop", "shop-pull")
