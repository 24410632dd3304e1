import base64
import hashlib
import json
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

import kubernetes_validate
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.containerize.manifests import (
    ServiceSpec,
    namespace_manifest,
    pull_secret,
    pull_secret_name,
    render_manifests,
    settings_secret_name,
)
from slipway.containerize.ports import Credentials
from slipway.messages.requests import Ingress
from slipway.saga.errors import Rejected

DIGEST = "sha256:" + "ab" * 32
MINORS = ("1.34", "1.35", "1.36", "1.37")
ANNA = Credentials("anna", "secret")

names = st.from_regex(r"[a-z]([-a-z0-9]{0,46}[a-z0-9])?", fullmatch=True)
specs = st.builds(
    ServiceSpec,
    workflow_id=st.just("wf_" + "a" * 24),
    name=names,
    namespace=names,
    image=st.just(f"127.0.0.1:5000/apps/shop@{DIGEST}"),
    port=st.integers(1024, 65535),
    health_path=st.none() | st.just("/health"),
    replicas=st.integers(1, 100),
    env=st.dictionaries(st.from_regex(r"[A-Z_]{1,9}", fullmatch=True), st.text(max_size=20)),
    user_id=st.sampled_from([101, 10001, 65532]),
    pull_secret=st.none() | names,
    ingress=st.none()
    | st.builds(Ingress, host=st.just("shop.example"), class_name=names, tls_secret=names),
    services=st.lists(st.sampled_from(["postgresql", "redis", "of-their-own"])),
)


def shop(**changes: Any) -> ServiceSpec:
    usual: dict[str, Any] = {
        "workflow_id": "wf_1",
        "name": "shop",
        "namespace": "shop",
        "port": 8080,
    }
    return ServiceSpec(**{**usual, "image": f"127.0.0.1:5000/shop@{DIGEST}", **changes})


def of_kind(kind: str, manifests: list[dict[str, Any]]) -> dict[str, Any]:
    return next(m for m in manifests if m["kind"] == kind)


def container_of(spec: ServiceSpec) -> dict[str, Any]:
    template = of_kind("Deployment", render_manifests(spec))["spec"]["template"]
    container: dict[str, Any] = template["spec"]["containers"][0]
    return container


@pytest.mark.parametrize("minor", MINORS)
def test_every_object_is_valid_on_the_newest_four_minors(minor: str) -> None:
    ingress = Ingress(host="shop.example", class_name="nginx", tls_secret="shop-tls")
    spec = shop(replicas=2, ingress=ingress, pull_secret="shop-pull", services=["redis"])
    extra = [
        namespace_manifest("shop", {"a": "b"}),
        pull_secret("shop-pull", "shop", "registry.example", ANNA, {}),
    ]

    for manifest in render_manifests(spec) + extra:
        kubernetes_validate.validate(manifest, minor, strict=True)


@given(specs)
def test_every_selector_selects_the_pods_and_survives_the_next_version(spec: ServiceSpec) -> None:
    manifests = render_manifests(spec)
    deployment = of_kind("Deployment", manifests)["spec"]
    pod_labels = deployment["template"]["metadata"]["labels"]
    selectors = [
        deployment["selector"]["matchLabels"],
        of_kind("Service", manifests)["spec"]["selector"],
        of_kind("NetworkPolicy", manifests)["spec"]["podSelector"]["matchLabels"],
        deployment["template"]["spec"]["topologySpreadConstraints"][0]["labelSelector"][
            "matchLabels"
        ],
    ]

    for selector in selectors:
        assert selector.items() <= pod_labels.items()
        assert spec.workflow_id not in selector.values()


@given(specs)
def test_everything_carries_the_labels_and_a_name_that_fits(spec: ServiceSpec) -> None:
    manifests = render_manifests(spec)

    for manifest in manifests:
        labels = manifest["metadata"]["labels"]
        assert labels["slipway.dev/workflow"] == spec.workflow_id
        assert labels["app.kubernetes.io/managed-by"] == "slipway"
        assert all(len(value) <= 63 for value in labels.values())
        assert len(manifest["metadata"]["name"]) <= 63


@given(specs)
def test_the_same_input_gives_the_same_bytes(spec: ServiceSpec) -> None:
    assert json.dumps(render_manifests(spec)) == json.dumps(render_manifests(spec))


@given(specs)
def test_pods_are_restricted_and_bounded(spec: ServiceSpec) -> None:
    pod = of_kind("Deployment", render_manifests(spec))["spec"]["template"]["spec"]
    container = pod["containers"][0]

    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] == spec.user_id
    assert not pod["automountServiceAccountToken"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["resources"].keys() == {"requests", "limits"}
    assert all(port["protocol"] == "TCP" for port in container["ports"])


@given(specs)
def test_a_budget_for_disruption_comes_with_the_second_replica(spec: ServiceSpec) -> None:
    kinds = [manifest["kind"] for manifest in render_manifests(spec)]

    assert ("PodDisruptionBudget" in kinds) == (spec.replicas >= 2)
    assert ("Ingress" in kinds) == (spec.ingress is not None)


def test_the_health_path_is_asked_when_it_is_known_and_else_the_socket() -> None:
    probes = ("startupProbe", "readinessProbe", "livenessProbe")
    known, unknown = container_of(shop(health_path="/health")), container_of(shop())

    assert {known[p]["httpGet"]["path"] for p in probes} == {"/health"}
    assert all(unknown[p]["tcpSocket"] == {"port": "http"} for p in probes)


def test_a_dollar_in_a_value_reaches_the_application_as_it_is() -> None:
    env = container_of(shop(env={"PASSWORD": "a$(PORT)$$b", "PORT": "1"}))["env"]

    assert env == [
        {"name": "PASSWORD", "value": "a$$(PORT)$$$$b"},
        {"name": "PORT", "value": "8080"},
    ]


def test_a_secret_setting_is_named_beside_the_plain_ones_and_port_stays_ours() -> None:
    spec = {
        "env": {"TEA": "assam"},
        "secret_env": ["DB_PASSWORD", "PORT"],
        "env_from": "shop-env-1",
    }

    env = container_of(shop(**spec))["env"]

    reference = {"name": "shop-env-1", "key": "DB_PASSWORD"}
    assert env == [
        {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": reference}},
        {"name": "PORT", "value": "8080"},
        {"name": "TEA", "value": "assam"},
    ]


def test_the_name_of_a_settings_secret_follows_from_app_place_and_values() -> None:
    names = {
        settings_secret_name(app, namespace, {"A_TOKEN": value})
        for app in ("shop", "cafe")
        for namespace in ("one", "two")
        for value in ("1", "2")
    }

    assert len(names) == 8
    assert settings_secret_name("shop", "one", {"A_TOKEN": "1"}) in names
    long = settings_secret_name("s" * 48, "one", {"A_TOKEN": "1"})
    assert len(long) <= 63


METADATA = (
    *("169.254.169.254", "169.254.170.2", "fd00:ec2::254"),  # AWS; its containers
    *("168.63.129.16", "100.100.100.200", "192.0.0.192", "fd20:ce::254"),
)


def test_pods_reach_everything_but_the_metadata_of_a_cloud() -> None:
    policy = of_kind("NetworkPolicy", render_manifests(shop()))

    names, anywhere = policy["spec"]["egress"]
    assert [p["port"] for p in names["ports"]] == [53, 53]
    blocks = [peer["ipBlock"] for peer in anywhere["to"]]
    assert [block["cidr"] for block in blocks] == ["0.0.0.0/0", "::/0"]
    kept_from = [ip_network(each) for block in blocks for each in block["except"]]
    for metadata in METADATA:
        assert any(_within(ip_network(metadata), each) for each in kept_from), metadata
    for block in blocks:  # the API server takes no other
        assert all(_within(ip_network(e), ip_network(block["cidr"])) for e in block["except"])
    assert policy["spec"]["ingress"] == [{"ports": [{"port": 8080, "protocol": "TCP"}]}]


def _within(inner: IPv4Network | IPv6Network, outer: IPv4Network | IPv6Network) -> bool:
    return inner.version == outer.version and inner[0] in outer and inner[-1] in outer


def test_a_strict_policy_opens_names_and_the_databases_that_were_found() -> None:
    services = ["redis", "postgresql"]
    policy = of_kind("NetworkPolicy", render_manifests(shop(services=services, strict=True)))

    ports = [p["port"] for rule in policy["spec"]["egress"] for p in rule["ports"]]
    assert ports == [53, 53, 5432, 6379]
    assert policy["spec"]["ingress"] == [{"ports": [{"port": 8080, "protocol": "TCP"}]}]


def test_an_image_that_runs_as_root_is_refused_before_the_cluster_does() -> None:
    with pytest.raises(Rejected, match="image_runs_as_root"):
        shop(user_id=0)


def test_an_image_named_by_a_tag_is_refused() -> None:
    with pytest.raises(Rejected, match="image_without_digest"):
        shop(image="127.0.0.1:5000/shop:latest")


def test_other_credentials_make_another_secret_and_never_overwrite_one() -> None:
    first = pull_secret_name("shop", "registry.example", ANNA)
    rotated = pull_secret_name("shop", "registry.example", Credentials("anna", "new"))

    assert first == pull_secret_name("shop", "registry.example", ANNA)
    assert first != rotated
    assert first != pull_secret_name("shop", "other.example", ANNA)
    assert re.fullmatch(r"shop-pull-[0-9a-f]{8}", first)


def test_a_pull_secrets_name_is_no_cheap_way_to_test_a_password() -> None:
    config = pull_secret("shop-pull", "shop", "registry.example", ANNA, {})["data"]
    text = base64.b64decode(config[".dockerconfigjson"])

    name = pull_secret_name("shop", "registry.example", ANNA)

    assert not name.endswith(hashlib.sha256(text).hexdigest()[:8])


@pytest.mark.parametrize(
    ("host", "key"),
    [("registry.example", "registry.example"), ("docker.io", "https://index.docker.io/v1/")],
)
def test_the_pull_secret_is_a_login_for_its_registry(host: str, key: str) -> None:
    secret = pull_secret("shop-pull", "shop", host, ANNA, {})

    config = json.loads(base64.b64decode(secret["data"][".dockerconfigjson"]))
    assert base64.b64decode(config["auths"][key]["auth"]) == b"anna:secret"


def test_an_identity_token_takes_the_place_of_the_password() -> None:
    token = Credentials("anna", "", identity_token="t-1")
    secret = pull_secret("shop-pull", "shop", "registry.example", token, {})

    config = json.loads(base64.b64decode(secret["data"][".dockerconfigjson"]))
    assert config["auths"]["registry.example"] == {"username": "anna", "identitytoken": "t-1"}
