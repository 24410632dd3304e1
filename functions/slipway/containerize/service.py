"""From what was asked for and what was found to what the manifests are written from."""

from slipway.containerize.analysis import Component
from slipway.containerize.manifests import ServiceSpec
from slipway.messages.requests import App

DEFAULT_PORT = 8080


def service_spec(  # noqa: PLR0913  (all that the manifests are rendered from)
    workflow_id: str,
    app: App,
    component: Component,
    image: str,
    user_id: int,
    *,
    pull_secret: str | None,
    strict: bool = False,
    instance: str | None = None,
) -> ServiceSpec:
    """`image` is `host/repository@sha256:…`."""
    return ServiceSpec(
        workflow_id=workflow_id,
        name=app.name,
        namespace=app.target_namespace,
        image=image,
        port=app.port or component.port or DEFAULT_PORT,
        health_path=component.health_path,
        replicas=app.replicas,
        env=app.env,
        user_id=user_id,
        pull_secret=pull_secret,
        ingress=app.ingress,
        services=component.services,
        strict=strict,
        instance=instance,
    )
