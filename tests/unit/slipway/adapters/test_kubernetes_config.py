"""A cold function reads a kubeconfig without a thousand modules of generated models."""

import subprocess
import sys
from pathlib import Path

FUNCTIONS = Path(__file__).parents[4] / "functions"


def in_a_fresh_process(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=FUNCTIONS, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_no_generated_model_is_loaded() -> None:
    counted = in_a_fresh_process(
        "import sys, slipway.adapters.kubernetes_client;"
        "print([name for name in sys.modules if '.models.v1' in name or '.api.' in name])"
    )

    assert counted == "[]"


def test_who_imports_kubernetes_afterwards_gets_all_of_it() -> None:
    told = in_a_fresh_process(
        "import slipway.adapters.kubernetes_client, kubernetes;"
        "print(kubernetes.client.CoreV1Api.__name__, kubernetes.client.V1Pod.__name__)"
    )

    assert told == "CoreV1Api V1Pod"


def test_who_imported_kubernetes_before_keeps_it() -> None:
    told = in_a_fresh_process(
        "import kubernetes; from slipway.adapters.kubernetes_client import Configuration;"
        "print(Configuration is kubernetes.client.Configuration)"
    )

    assert told == "True"
