"""Where an image goes."""

import pytest
from tests.faults.rig import a_request

from slipway.containerize.target import Target
from slipway.saga import Rejected


def test_an_image_goes_to_the_configured_registry_under_the_apps_name() -> None:
    target = Target("registry.test:5000/apps/")

    assert target.reference(a_request(), "wf_me") == "registry.test:5000/apps/shop:wf_me"


def test_what_the_request_names_goes_first() -> None:
    request = a_request(image={"repository": "ghcr.io/anna/shop", "tag": "stable"})

    assert (
        Target("registry.test", ["ghcr.io"]).reference(request, "wf_me")
        == "ghcr.io/anna/shop:stable"
    )


def test_without_any_registry_the_fix_is_told_and_nothing_has_happened() -> None:
    with pytest.raises(Rejected, match="no_registry") as refused:
        Target(None).repository(a_request())

    assert refused.value.clean
    assert refused.value.fix == "set SLIPWAY_REGISTRY"


@pytest.mark.parametrize(
    "repository",
    [
        "169.254.169.254/foo",
        "registry.test/shop",
        "registry.test:5001/shop",
        "evil.test/registry.test/shop",
        "anna/shop",
    ],
)
@pytest.mark.parametrize("registry", ["registry.test:5000/apps", None])
def test_a_registry_that_nobody_allowed_is_not_asked(repository: str, registry: str | None) -> None:
    request = a_request(image={"repository": repository})

    with pytest.raises(Rejected, match="registry_not_allowed") as refused:
        Target(registry, ["ghcr.io"]).reference(request, "wf_me")

    assert refused.value.clean
    assert "SLIPWAY_REGISTRIES_ALLOWED" in (refused.value.fix or "")


@pytest.mark.parametrize(
    "repository", ["registry.test:5000/other/shop", "ghcr.io/anna/shop", "docker.io/anna/shop"]
)
def test_the_installations_registries_may_be_named(repository: str) -> None:
    request = a_request(image={"repository": repository})

    target = Target("registry.test:5000/apps", ["ghcr.io", "docker.io"])

    assert target.repository(request) == repository
