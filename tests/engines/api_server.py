"""The API server of a cluster that `make engines` started, dead for a while."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CLUSTER = Path(__file__).with_name("cluster")
RETURNS_WITHIN_S = 300


def is_ours(kubeconfig: Path) -> bool:
    """Say whether it lies in the state folder of such a cluster, and all of that runs."""
    command = [str(_CLUSTER), "status"]
    done = subprocess.run(command, env=_environment(kubeconfig), capture_output=True, check=False)
    return done.returncode == 0


@contextmanager
def without_api_server(kubeconfig: Path) -> Iterator[None]:
    """It is dead meanwhile; afterwards it answers again, also when this process has died."""
    process = subprocess.Popen(
        [_CLUSTER, "without-apiserver"],
        env=_environment(kubeconfig),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline(), "the API server could not be ended"
            yield
        finally:
            process.stdin.close()
            assert process.wait(RETURNS_WITHIN_S) == 0, "the API server did not return"


def _environment(kubeconfig: Path) -> dict[str, str]:
    return os.environ | {"SLIPWAY_CLUSTER_STATE": str(kubeconfig.parent)}
