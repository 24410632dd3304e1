"""Builds the ServiceSpec for the manifests from the request and the analysed component."""

from collections.abc import Mapping

from slipway.containerize.analysis import Component
from slipway.containerize.manifests import ServiceSpec, settings_secret_name
from slipway.messages.requests import ContainerizeRequest

DEFAULT_PORT = 8080


def service_spec(  # noqa: PLR0913  (all that the manifests are rendered from)
    workflow_id: str,
    request: ContainerizeRequest,
    component: Component,
    image: str,
    user_id: int,
    *,
    secrets: Mapping[str, str],
    pull_secret: str | None,
    instance: str | None = None,
) -> ServiceSpec:
    """`image` is `host/repository@sha256:…`; `secrets` are those among the app's settings."""
    app, place = request.app, request.app.target_namespace
    return ServiceSpec(
        workflow_id=workflow_id,
        name=app.name,
        namespace=place,
        image=image,
        port=app.port or component.port or DEFAULT_PORT,
        health_path=component.health_path,
        replicas=app.replicas,
        env={name: value for name, value in app.env.items() if name not in secrets},
        secret_env=sorted(secrets),
        env_from=settings_secret_name(app.name, place, secrets) if secrets else None,
        user_id=user_id,
        pull_secret=pull_secret,
        ingress=app.ingress,
        services=component.services,
        strict=request.options.strict,
        instance=instance,
    )
