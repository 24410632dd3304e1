"""Which part of a repository is meant, and what is said when that cannot be known."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slipway.containerize.analysis import analyze
from slipway.saga.errors import Rejected

Repository = Callable[[dict[str, str]], Path]
TWO = {
    "apps/api/requirements.txt": "flask\n",
    "apps/api/app.py": "app = Flask(__name__)\n",
    "apps/web/package.json": '{"scripts": {"start": "node server.js"}}',
}


def test_an_empty_folder_is_refused(repository: Repository) -> None:
    with pytest.raises(Rejected) as refused:
        analyze(repository({}))
    assert (refused.value.code, bool(refused.value.fix)) == ("empty_source", True)


def test_an_unknown_language_is_refused_with_what_would_help(repository: Repository) -> None:
    with pytest.raises(Rejected) as refused:
        analyze(repository({"main.cob": "DISPLAY 'TEA'."}))
    assert refused.value.code == "unknown_language"
    assert "Dockerfile" in (refused.value.fix or "")


def test_two_applications_are_a_question_that_names_both(repository: Repository) -> None:
    with pytest.raises(Rejected) as refused:
        analyze(repository(TWO))
    assert refused.value.code == "several_components"
    assert "--component: apps/api, apps/web" in (refused.value.fix or "")


def test_the_answer_to_that_question_is_taken(repository: Repository) -> None:
    analysis = analyze(repository(TWO), component="apps/web/")

    assert analysis.chosen == "apps/web"
    assert analysis.component.language == "node"
    assert len(analysis.components) == 2


def test_a_component_that_is_not_there_is_refused_with_the_choice(repository: Repository) -> None:
    with pytest.raises(Rejected) as refused:
        analyze(repository(TWO), component="../apps")
    assert refused.value.code == "unknown_component"
    assert "apps/api" in (refused.value.fix or "")


def test_the_root_wins_over_what_lies_below_it(repository: Repository) -> None:
    root = repository({**TWO, "main.go": "package main\nfunc main() {}\n", "go.mod": "module x\n"})

    assert analyze(root).chosen == "."


def test_a_workspace_root_that_starts_nothing_is_no_application(repository: Repository) -> None:
    files = {
        "package.json": '{"workspaces": ["apps/*"]}',
        "apps/web/package.json": '{"scripts": {"start": "node server.js"}}',
    }

    assert analyze(repository(files)).chosen == "apps/web"


def test_a_library_is_told_how_to_become_an_application(repository: Repository) -> None:
    with pytest.raises(Rejected) as refused:
        analyze(repository({"pyproject.toml": "[project]\nname = 'lib'\n"}))
    assert refused.value.code == "no_start_command"


def test_a_flask_service_with_a_package_json_stays_a_flask_service(repository: Repository) -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "app.py": "app = Flask(__name__)\n",
        "package.json": '{"devDependencies": {"tailwindcss": "4"}}',
    }

    shop = analyze(repository(files)).component

    assert shop.language == "python"
    assert "language" in [each.about for each in shop.conflicts]


def test_the_pages_of_an_application_are_no_site_of_their_own(repository: Repository) -> None:
    files = {"main.py": "", "web/index.html": "<p>", "node_modules/x/package.json": "{}"}

    assert [each.path for each in analyze(repository(files)).components] == ["."]


def test_the_port_of_the_caller_reaches_the_start_command(repository: Repository) -> None:
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": "app = Flask(__name__)\n"}

    shop = analyze(repository(files), port=9001).component

    assert shop.port == 9001
    assert shop.start_command == "gunicorn --bind 0.0.0.0:9001 app:app"
