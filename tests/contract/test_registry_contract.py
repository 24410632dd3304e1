"""What every registry promises to the steps, real or in memory."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.contract.engines import ENGINES, NOBODY_THERE, Workshop, ignore, never, open_workshop

from slipway.containerize.labels import APP, WORKFLOW
from slipway.containerize.ports import Credentials
from slipway.containerize.tag_ownership import movable_tag
from slipway.messages.requests import ContainerizeRequest
from slipway.saga.errors import Rejected, Unavailable

NO_SUCH = "sha256:" + "0" * 64


@pytest.fixture(params=ENGINES)
def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workshop]:
    yield from open_workshop(request.param, request, tmp_path)


def test_a_pushed_image_is_found_by_tag_and_by_digest_with_its_labels(workshop: Workshop) -> None:
    registry, repository = workshop.registry, workshop.repository()

    digest = workshop.pushed(repository, "1", "RUN echo one")

    assert registry.digest(f"{repository}:1") == digest
    assert registry.digest(f"{repository}@{digest}") == digest
    assert registry.tags(repository) == ["1"]
    labels = registry.labels(repository, digest)
    assert labels[WORKFLOW] == workshop.workflows[-1]
    assert labels[APP] == "shop"


def test_a_repository_that_is_not_there_is_empty(workshop: Workshop) -> None:
    registry, repository = workshop.registry, workshop.repository()

    assert registry.digest(f"{repository}:1") is None
    assert registry.digest(f"{repository}@{NO_SUCH}") is None
    assert registry.tags(repository) == []
    assert registry.labels(repository, NO_SUCH) == {}
    registry.delete(repository, NO_SUCH)


def test_the_same_push_again_is_the_same_digest(workshop: Workshop) -> None:
    repository = workshop.repository()
    digest = workshop.pushed(repository, "1", "RUN echo again")

    workshop.engine.push(f"{repository}:1", None, ignore, never)

    assert workshop.registry.digest(f"{repository}:1") == digest


def test_two_tags_of_one_image_share_their_digest_and_go_together(workshop: Workshop) -> None:
    registry, repository = workshop.registry, workshop.repository()
    digest = workshop.pushed(repository, "1", "RUN echo both")
    registry.set_tag(f"{repository}:stable", digest)
    assert registry.digest(f"{repository}:stable") == digest
    assert sorted(registry.tags(repository)) == ["1", "stable"]

    registry.delete(repository, digest)
    registry.delete(repository, digest)

    assert registry.digest(f"{repository}:stable") is None
    assert registry.digest(f"{repository}:1") is None
    assert registry.tags(repository) == []


def test_deleting_one_image_leaves_the_other_of_the_repository(workshop: Workshop) -> None:
    registry, repository = workshop.registry, workshop.repository()
    kept = workshop.pushed(repository, "1", "RUN echo kept")
    gone = workshop.pushed(repository, "2", "RUN echo gone")

    registry.delete(repository, gone)

    assert registry.digest(f"{repository}:2") is None
    assert registry.digest(f"{repository}:1") == kept


def test_the_repositories_under_a_prefix_are_listed_with_when_they_were_built(
    workshop: Workshop,
) -> None:
    registry, repository = workshop.registry, workshop.repository()
    digest = workshop.pushed(repository, "1", "RUN echo listed")
    prefix, name = repository.rsplit("/", 1)

    assert repository in registry.repositories(prefix)
    assert registry.repositories(repository) == [repository]
    assert registry.repositories(f"{prefix}/{name[:-1]}") == []
    built_at = registry.built_at(repository, digest)
    assert built_at is not None
    assert built_at > datetime.now(UTC) - timedelta(days=1)
    assert registry.built_at(repository, NO_SUCH) is None


def test_a_tag_that_was_overwritten_is_put_back_where_it_was(workshop: Workshop) -> None:
    registry, repository = workshop.registry, workshop.repository()
    before = workshop.pushed(repository, "live", "RUN echo before")
    after = workshop.pushed(repository, "live", "RUN echo after")
    assert registry.digest(f"{repository}:live") == after != before

    registry.set_tag(f"{repository}:live", before)
    registry.delete(repository, after)

    assert registry.digest(f"{repository}:live") == before
    assert registry.digest(f"{repository}@{after}") is None


def wanting(app: str, *, adopt: bool = False) -> ContainerizeRequest:
    source = {"git": {"url": "https://git.test/shop"}}
    told = {"source": source, "app": {"name": app}, "options": {"adopt": adopt}}
    return ContainerizeRequest.model_validate(told)


def test_a_tag_is_moved_by_its_own_app_and_by_another_one_only_when_asked_to(
    workshop: Workshop,
) -> None:
    registry, repository = workshop.registry, workshop.repository()
    digest = workshop.pushed(repository, "live", "RUN echo ours")

    def asked(app: str, tag: str = "live", *, adopt: bool = False) -> str | None:
        wanted = wanting(app, adopt=adopt)
        return movable_tag(registry, f"{repository}:{tag}", wanted, clean=True)

    assert asked("shop") == digest
    assert asked("kettle", "free") is None
    assert asked("kettle", adopt=True) == digest
    with pytest.raises(Rejected, match="not_ours"):
        asked("kettle")


def test_a_tag_cannot_name_what_the_repository_does_not_hold(workshop: Workshop) -> None:
    with pytest.raises(Rejected, match="no_such_manifest"):
        workshop.registry.set_tag(f"{workshop.repository()}:1", NO_SUCH)


@pytest.mark.parametrize("wrong", [None, Credentials("anna", "battery-staple")])
def test_wrong_credentials_are_denied_for_every_question(
    workshop: Workshop, wrong: Credentials | None
) -> None:
    locked = workshop.locked()
    registry, repository = workshop.registry_for(wrong), workshop.repository(locked.host)

    for ask in (
        lambda: registry.digest(f"{repository}:1"),
        lambda: registry.tags(repository),
        lambda: registry.delete(repository, NO_SUCH),
    ):
        with pytest.raises(Rejected) as refused:
            ask()
        assert refused.value.code == "registry_denied"
        assert refused.value.fix
        assert "battery-staple" not in str(refused.value)


def test_the_right_credentials_open_the_registry(workshop: Workshop) -> None:
    locked = workshop.locked()
    repository = workshop.repository(locked.host)

    assert workshop.registry_for(locked.credentials).tags(repository) == []


def test_only_the_locked_registry_asks_for_credentials(workshop: Workshop) -> None:
    locked = workshop.locked()

    assert not workshop.registry.requires_credentials(workshop.repository())
    assert workshop.registry.requires_credentials(workshop.repository(locked.host))
    knowing = workshop.registry_for(locked.credentials)
    assert knowing.requires_credentials(workshop.repository(locked.host))


def test_a_registry_that_is_away_is_said_to_be_at_once(workshop: Workshop) -> None:
    begun = time.monotonic()

    with pytest.raises(Unavailable) as refused:
        workshop.registry.digest(f"{NOBODY_THERE}/contract/shop:1")

    assert refused.value.code == "registry_unreachable"
    assert refused.value.fix
    assert time.monotonic() - begun < 5
