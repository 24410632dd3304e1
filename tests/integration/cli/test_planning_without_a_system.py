"""When nothing runs, a plan has the defaults that the last system kept: where `deploy` begins."""

import hashlib
import json
from pathlib import Path

from tests.integration.cli.planned import FIELDS, SET, deployed
from tests.integration.operating.desk import operating
from tests.shell import APPS, Shell


def test_when_nothing_runs_a_plan_has_the_defaults_that_are_kept_and_leaves_them_as_they_are(
    shell: Shell, tmp_path: Path
) -> None:
    folder = tmp_path / "state"
    with operating(folder) as gone:
        gone.client.put("/config", {"defaults": SET})
        assert gone.system.wait_idle(20)
    before = _contents(folder)

    planned = shell.run(
        "plan", APPS / "flask", "--name", "shop", "--json", SLIPWAY_REGISTRY="registry.test:5000"
    )

    told = json.loads(planned.stdout)
    assert deployed(told) == ("team", 3, "registry.test:5000/acme/shop")
    assert told["defaults"] == {"config_version": 1, "fields": FIELDS}
    assert _contents(folder) == before


def test_kept_defaults_that_deploy_would_refuse_here_are_refused_in_the_plan(
    shell: Shell, tmp_path: Path
) -> None:
    with operating(tmp_path / "state") as gone:
        gone.client.put("/config", {"defaults": SET})

    planned = shell.run("plan", APPS / "flask", "--json")

    assert planned.returncode == 3
    assert json.loads(planned.stdout)["error"]["code"] == "registry_not_allowed"


def test_without_any_defaults_a_plan_adds_none(shell: Shell, tmp_path: Path) -> None:
    with operating(tmp_path / "state"):
        pass

    told = json.loads(shell.run("plan", APPS / "flask", "--json").stdout)

    assert told["defaults"] is None
    assert deployed(told)[:2] == ("flask", 1)


def _contents(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
