"""Where an application is deployed: registry and cluster, with their credentials."""

from typing import TYPE_CHECKING

from slipway.scopes import provider
from slipway.wiring.installation import client, settings

if TYPE_CHECKING:
    from slipway.containerize.ports import Cluster, CredentialStore, Registry
    from slipway.containerize.target import Target


@provider
def credentials() -> "CredentialStore":
    given = settings()
    if given.stage == "local":
        from slipway.adapters.docker_credentials import DockerCredentials

        return DockerCredentials(given.docker_config)
    from slipway.adapters.aws_credentials import AwsCredentials

    return AwsCredentials(
        client("secretsmanager"), client("ecr"), given.registry_secret_arn, given.registry
    )


@provider
def registry() -> "Registry":
    from slipway.adapters.registry_http import HttpRegistry

    return HttpRegistry(credentials())


@provider
def cluster() -> "Cluster":
    from slipway.adapters.kubernetes_cluster import KubernetesCluster

    if name := settings().eks_cluster:
        from slipway.adapters.eks_token import from_eks

        return KubernetesCluster(from_eks(name))
    return KubernetesCluster.at(settings().kubeconfig)


@provider
def target() -> "Target":
    from slipway.containerize.target import Target

    return Target(settings().registry, settings().further_registries)
