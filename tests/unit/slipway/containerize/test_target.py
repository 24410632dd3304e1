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

    assert Target("registry.test").reference(request, "wf_me") == "ghcr.io/anna/shop:stable"


def test_without_any_registry_the_fix_is_told_and_nothing_has_happened() -> None:
    with pytest.raises(Rejected, match="no_registry") as refused:
        Target(None).repository(a_request())

    assert refused.value.clean
    assert refused.value.fix == "set SLIPWAY_REGISTRY, or image.repository in the request"
