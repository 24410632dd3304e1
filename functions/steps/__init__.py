"""The plan: the steps from source to service, in order. All rendered files derive from it."""

from slipway import wiring
from slipway.containerize.build_settings import LONGEST_BUILD_MIN, LONGEST_QUEUE_MIN
from slipway.messages.requests import ContainerizeRequest
from slipway.saga.plan import Plan, Step
from slipway.saga.runner import Runner

PLAN = Plan(
    name="containerize",
    version="1",
    request=ContainerizeRequest,
    steps=(
        Step("analyze_repository", timeout_s=300, needs=("source", "workspace"), disk_mb=2048),
        Step(
            "generate_dockerfile",
            timeout_s=120,
            needs=("registry", "workspace"),
            disk_mb=2048,
        ),
        Step(
            "build_image",
            timeout_s=900,
            retries=3,
            waits_s=(LONGEST_BUILD_MIN + LONGEST_QUEUE_MIN) * 60,
            undo_timeout_s=300,
            needs=("engine", "workspace"),
            memory_mb=1024,
            disk_mb=4096,
        ),
        Step(
            "scan_image",
            timeout_s=600,
            needs=("engine", "scanner", "workspace"),
            irreversible=True,
            memory_mb=2048,
            disk_mb=4096,
        ),
        Step("tag_image", timeout_s=60, needs=("engine",)),
        Step(
            "push_image",
            timeout_s=600,
            retries=3,
            needs=("engine", "registry", "workspace"),
        ),
        Step("generate_manifests", timeout_s=120, needs=("registry", "workspace")),
        Step(
            "prepare_cluster",
            timeout_s=300,
            undo_timeout_s=300,
            needs=("cluster", "registry", "workspace"),
        ),
        Step(
            "deploy_application",
            timeout_s=600,
            retries=3,
            undo_timeout_s=300,
            needs=("cluster", "workspace"),
        ),
        Step("verify_deployment", timeout_s=300, needs=("cluster", "workspace")),
    ),
)


def runner() -> Runner:
    return Runner(PLAN, wiring.store(), holds=wiring.holds(), tasks=wiring.tasks)
