"""Docker's configuration is broken: that is said before anything is done, and undoes nothing."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.loopback import Quiet, served
from tests.shell import APPS, Shell

BROKEN = {
    "undecodable": '{"auths":{"127.0.0.1:5000":{"auth":"bm90YmFzZTY0"}}}',
    "helper": '{"credsStore":"nope"}',
    "no-json": "{bad",
}


class _Registry(Quiet, BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


@pytest.fixture
def registry() -> Iterator[str]:
    with served(_Registry) as place:
        yield f"{place}/apps"


@pytest.mark.parametrize("config", BROKEN.values(), ids=BROKEN)
def test_doctor_names_the_file_and_the_fix_and_deploy_refuses_at_its_start(
    shell: Shell, registry: str, tmp_path: Path, config: str
) -> None:
    file = tmp_path / "config.json"
    file.write_text(config)
    settings = {"SLIPWAY_REGISTRY": registry, "DOCKER_CONFIG": str(tmp_path)}

    examined = shell.run("doctor", "--json", **settings)
    deployed = shell.run("deploy", APPS / "static", **settings)

    (login,) = [p for p in json.loads(examined.stdout)["parts"] if p["part"] == "credentials"]
    assert (examined.returncode, login["state"]) == (3, "unusable")
    assert str(file) in login["detail"]
    assert "docker log" in login["fix"]
    assert deployed.returncode == 3, deployed.stderr
    assert f"{login['detail']} (fix: {login['fix']})" in deployed.stderr.splitlines()[-1]
    assert "wf_" not in deployed.stderr
