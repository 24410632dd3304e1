"""Write the manifests, with the image named by the digest that was pushed."""

import json

from slipway.containerize.analysis import Component
from slipway.containerize.manifest_files import manifests_key
from slipway.containerize.manifests import pull_secret_name, render_manifests
from slipway.containerize.ports import CredentialStore, Registry, Workspace
from slipway.containerize.reference import host_of, repository_of
from slipway.containerize.secret_settings import secrets_of_app
from slipway.containerize.service import service_spec
from slipway.containerize.step_files import discarding
from slipway.messages.requests import ContainerizeRequest
from slipway.saga import Outcome, Rejected, Workflow, step
from slipway.wiring import credentials, instance, registry, workspace
from steps import runner

ME = "generate_manifests"


def generate_manifests(
    workflow: Workflow[ContainerizeRequest],
    workspace: Workspace,
    registry: Registry,
    credentials: CredentialStore,
    instance: str | None,
) -> Outcome:
    pushed = workflow.outputs("push_image")
    repository = repository_of(pushed["reference"])
    secret = _pull_secret(workflow.request.app.name, repository, registry, credentials)
    spec = service_spec(
        workflow.id,
        workflow.request,
        Component.model_validate(workflow.outputs("analyze_repository")["component"]),
        f"{repository}@{pushed['digest']}",
        workflow.outputs("generate_dockerfile")["user_id"],
        secrets=secrets_of_app(workflow, workspace),
        pull_secret=secret,
        instance=instance,
    )
    body = json.dumps(render_manifests(spec), indent=1).encode()
    workspace.put(manifests_key(workflow.id), body, "application/json")
    return Outcome.of(
        created=(f"object:{manifests_key(workflow.id)}",),
        pull_secret=secret,
        env_secret=spec.env_from,
    )


def _pull_secret(
    app: str, repository: str, registry: Registry, credentials: CredentialStore
) -> str | None:
    """The Secret's name, if the cluster needs one to pull from this registry."""
    if not registry.requires_credentials(repository):
        return None
    who = credentials.for_repository(repository)
    if who is None:
        raise Rejected(
            "no_credentials",
            f"{host_of(repository)} requires credentials and none are configured",
            fix=f"docker login {host_of(repository)}, or set the registry's secret",
        )
    return pull_secret_name(app, host_of(repository), who)


execute, compensate = step(
    generate_manifests,
    discarding(ME),
    runner=runner,
    workspace=workspace,
    registry=registry,
    credentials=credentials,
    instance=instance,
)
