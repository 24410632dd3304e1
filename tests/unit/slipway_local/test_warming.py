"""What the first workflow needs is there before it comes."""

import json
from pathlib import Path

from slipway import wiring
from slipway.settings import Settings
from slipway_local.warming import warmed

KUBECONFIG = {
    "current-context": "blue",
    "contexts": [{"name": "blue", "context": {"cluster": "blue", "user": "anna"}}],
    "clusters": [{"name": "blue", "cluster": {"server": "https://blue.example:6443"}}],
    "users": [{"name": "anna", "user": {"token": "t"}}],
}


def test_the_cluster_is_that_of_the_start_whatever_the_kubeconfig_says_later(
    tmp_path: Path,
) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(json.dumps(KUBECONFIG))

    with wiring.use(settings=Settings(kubeconfig=str(kubeconfig)), build_settings=object()):
        with warmed():
            pass
        kubeconfig.unlink()

        wiring.cluster()
