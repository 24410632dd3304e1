"""A commit comes from a real Git server on loopback, without a git binary on our side."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from dulwich.objects import S_IFGITLINK
from tests.integration.slipway.adapters.git_server import (
    FILE,
    LINK,
    PROGRAM,
    Repository,
    dulwich_app,
    git_app,
    git_backend,
    self_made_certificate,
    served,
)

from slipway.adapters.git_addresses import Reach
from slipway.adapters.git_source import GitSource
from slipway.containerize.archive import ArchiveLimits
from slipway.saga.errors import Rejected, StepError, Unavailable

HERE = Reach(loopback=True)
APP = {"app.py": (FILE, b"print('shop')"), "bin/run": (PROGRAM, b"#!/bin/sh")}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "served" / "shop.git")


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "room").mkdir()
    return tmp_path / "room"


@pytest.fixture(params=["dulwich", "git"])
def url(request: pytest.FixtureRequest, repository: Repository) -> Iterator[str]:
    if request.param == "git" and git_backend() is None:
        pytest.skip("git http-backend is not installed; dulwich's server is tested")
    app = git_app(repository) if request.param == "git" else dulwich_app(repository)
    with served(app) as origin:
        yield f"{origin}/shop.git"


def refusal(source: GitSource, room: Path, url: str, **git: str) -> StepError:
    with pytest.raises(StepError) as refused:
        source.fetch({"url": url, **git}, room)
    assert list(room.iterdir()) == []
    return refused.value


def test_without_a_ref_the_default_branch_is_fetched(
    repository: Repository, url: str, room: Path
) -> None:
    repository.commit({"old.py": (FILE, b"gone")})
    newest = repository.commit(APP | {"main.py": (LINK, b"app.py")})

    assert GitSource(HERE).fetch({"url": url}, room) == newest
    assert (room / "main.py").read_text() == "print('shop')"
    assert (room / "bin/run").stat().st_mode & 0o777 == 0o755
    assert sorted(p.name for p in room.iterdir()) == ["app.py", "bin", "main.py"]


def test_a_branch_a_tag_and_a_commit_can_be_named(
    repository: Repository, url: str, room: Path
) -> None:
    old = repository.commit(APP)
    repository.tag("v1", old)
    repository.commit(APP | {"app.py": (FILE, b"newer")})
    branch = repository.commit({"branch.py": (FILE, b"1")}, "feature/x")
    for number, (ref, commit) in enumerate([("v1", old), (old, old), ("feature/x", branch)]):
        into = room / str(number)
        into.mkdir()
        assert GitSource(HERE).fetch({"url": url, "ref": ref}, into) == commit

    assert (room / "0/app.py").read_text() == (room / "1/app.py").read_text() == "print('shop')"
    assert (room / "2/branch.py").exists()


def test_a_subdirectory_is_all_that_is_written(
    repository: Repository, url: str, room: Path
) -> None:
    repository.commit({"services/shop/app.py": (FILE, b"1"), "README": (FILE, b"2")})
    GitSource(HERE).fetch({"url": url, "subdirectory": "services/shop"}, room)

    assert [p.name for p in room.iterdir()] == ["app.py"]


@pytest.mark.parametrize(
    ("git", "code"),
    [
        ({"subdirectory": "services/ship"}, "git_no_such_folder"),
        ({"subdirectory": "app.py"}, "git_no_such_folder"),
        ({"subdirectory": "../.."}, "archive_traversal"),
        ({"ref": "no-such-branch"}, "git_ref_not_found"),
        ({"ref": "0" * 39 + "1"}, "git_ref_not_found"),
    ],
)
def test_what_the_repository_does_not_have_is_named(
    repository: Repository, url: str, room: Path, git: dict[str, str], code: str
) -> None:
    repository.commit(APP)

    assert refusal(GitSource(HERE), room, url, **git).code == code


def test_a_submodule_is_an_empty_folder(repository: Repository, url: str, room: Path) -> None:
    repository.commit(APP | {"vendor": (S_IFGITLINK, b"1" * 40)})
    GitSource(HERE).fetch({"url": url}, room)

    assert list((room / "vendor").iterdir()) == []


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"l": (LINK, b"/etc/passwd")}, "archive_link"),
        ({"d/l": (LINK, b"../../outside")}, "archive_link"),
        ({".git/config": (FILE, b"[core]")}, "archive_traversal"),
        ({"d/.GIT/hooks/post-checkout": (PROGRAM, b"#!/bin/sh")}, "archive_traversal"),
        ({"../evil": (FILE, b"1")}, "archive_traversal"),
    ],
)
def test_a_hostile_tree_is_refused(
    repository: Repository, room: Path, files: dict[str, tuple[int, bytes]], code: str
) -> None:
    repository.commit(APP | files)
    with served(dulwich_app(repository)) as origin:
        assert refusal(GitSource(HERE), room, f"{origin}/shop.git").code == code


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (ArchiveLimits(archive_bytes=20_000), "source_too_large"),
        (ArchiveLimits(unpacked_bytes=2_000_000), "source_too_large"),
        (ArchiveLimits(unpacked_bytes=21_000_000), "archive_too_large"),
        (ArchiveLimits(files=2), "archive_too_many_files"),
    ],
)
def test_a_repository_over_a_limit_is_refused(
    repository: Repository, url: str, room: Path, limits: ArchiveLimits, code: str
) -> None:
    repository.commit(APP | {"zeros": (FILE, bytes(22_000_000))})

    assert refusal(GitSource(HERE, limits), room, url).code == code


def test_what_is_no_repository_is_told(repository: Repository, url: str, room: Path) -> None:
    repository.commit(APP)

    assert refusal(GitSource(HERE), room, f"{url}x").code == "git_not_found"


def test_an_empty_repository_is_told(url: str, room: Path) -> None:
    assert refusal(GitSource(HERE), room, url).code in {"git_empty", "git_ref_not_found"}


def test_over_tls_the_certificate_must_be_trusted(
    repository: Repository, tmp_path: Path, room: Path
) -> None:
    commit = repository.commit(APP)
    certificate = self_made_certificate(tmp_path / "server.pem")
    with served(dulwich_app(repository), certificate) as origin:
        stranger = refusal(GitSource(HERE), room, f"{origin}/shop.git")
        friend = GitSource(HERE, ca_file=str(certificate))
        assert friend.fetch({"url": f"{origin}/shop.git"}, room) == commit

    assert stranger.code == "git_tls"
    assert (room / "app.py").exists()


@pytest.mark.parametrize(
    ("status", "headers", "kind", "code"),
    [
        ("302 Found", [("Location", "http://169.254.169.254/shop.git")], Rejected, "git_redirect"),
        ("302 Found", [("Location", "http://localhost:1/shop.git")], Rejected, "git_redirect"),
        ("401 Unauthorized", [("WWW-Authenticate", "Basic")], Rejected, "git_denied"),
        ("403 Forbidden", [], Rejected, "git_denied"),
        ("404 Not Found", [], Rejected, "git_not_found"),
        ("200 OK", [("Content-Type", "text/html")], Rejected, "git_not_found"),
        ("503 Service Unavailable", [], Unavailable, "git_unreachable"),
        ("429 Too Many Requests", [], Unavailable, "git_unreachable"),
    ],
)
def test_what_a_server_may_answer_instead(
    room: Path, status: str, headers: list[tuple[str, str]], kind: type[StepError], code: str
) -> None:
    def app(_environ: object, start_response: object) -> list[bytes]:
        start_response(status, headers)  # type: ignore[operator]
        return [b"<html>"]

    with served(app) as origin:
        found = refusal(GitSource(HERE), room, f"{origin}/shop.git")

    assert (type(found), found.code) == (kind, code)


def test_a_redirect_within_the_server_is_followed(repository: Repository, room: Path) -> None:
    commit = repository.commit(APP)
    inner = dulwich_app(repository)

    def app(environ: dict[str, str], start_response: object) -> object:
        if environ["PATH_INFO"].startswith("/old.git"):
            query = environ["QUERY_STRING"]
            path = environ["PATH_INFO"].replace("/old", "/shop") + (f"?{query}" if query else "")
            start_response("301 Moved", [("Location", path)])  # type: ignore[operator]
            return [b""]
        return inner(environ, start_response)

    with served(app) as origin:
        assert GitSource(HERE).fetch({"url": f"{origin}/old.git"}, room) == commit


def test_a_server_that_drips_is_left_when_time_is_up(room: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepted: list[socket.socket] = []
        thread = threading.Thread(target=lambda: accepted.append(listener.accept()[0]))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/shop.git"
        found = refusal(GitSource(HERE, deadline_s=0.2), room, url)
        thread.join()
        accepted[0].close()

    assert (type(found), found.code) == (Unavailable, "git_timeout")


def test_nobody_listening_is_worth_another_try(room: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    found = refusal(GitSource(HERE), room, f"http://127.0.0.1:{port}/shop.git")

    assert (type(found), found.code) == (Unavailable, "git_unreachable")


def test_on_aws_loopback_is_not_reached(repository: Repository, room: Path) -> None:
    with served(dulwich_app(repository)) as origin:
        assert refusal(GitSource(Reach()), room, f"{origin}/shop.git").code == "git_address"
