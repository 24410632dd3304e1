"""Python projects as people really lay them out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slipway.containerize.analysis import analyze

Repository = Callable[[dict[str, str]], Path]

STARTS = {
    "a Procfile wins": (
        {"Procfile": "web: gunicorn shop.wsgi -b 0.0.0.0:${PORT:-9000}\n", "requirements.txt": "x"},
        "gunicorn shop.wsgi -b 0.0.0.0:9000",
    ),
    "src layout": (
        {"requirements.txt": "fastapi\nuvicorn\n", "src/shop/api.py": "app = FastAPI()\n"},
        "env PYTHONPATH=src uvicorn shop.api:app --host 0.0.0.0 --port 8000",
    ),
    "neighbours imported by bare names": (
        {
            "requirements.txt": "fastapi\nuvicorn\n",
            "backend/main.py": "from models import Tea\napp = FastAPI()\n",
            "backend/models.py": "",
        },
        "env PYTHONPATH=backend uvicorn main:app --host 0.0.0.0 --port 8000",
    ),
    "an application factory": (
        {"requirements.txt": "flask\ngunicorn\n", "shop/__init__.py": "def create_app():\n  ...\n"},
        "gunicorn --bind 0.0.0.0:5000 'shop:create_app()'",
    ),
    "flask without a server": (
        {"requirements.txt": "Flask==3.1\n", "app.py": "app = Flask(__name__)\n"},
        "flask --app app:app run --host 0.0.0.0 --port 5000",
    ),
    "django": (
        {
            "requirements.txt": "django\ngunicorn\n",
            "manage.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')",
            "shop/wsgi.py": "application = get_wsgi_application()\n",
        },
        "gunicorn --bind 0.0.0.0:8000 shop.wsgi:application",
    ),
    "django with ASGI only": (
        {
            "requirements.txt": "django\nuvicorn\n",
            "manage.py": "",
            "shop/asgi.py": "application = get_asgi_application()\n",
        },
        "uvicorn shop.asgi:application --host 0.0.0.0 --port 8000",
    ),
    "nothing but a file": ({"main.py": "print('hello')\n"}, "python main.py"),
    "a script of the project": (
        {"pyproject.toml": "[project]\nname='t'\n[project.scripts]\nserve='shop.cli:main'\n"},
        "python -c 'from shop.cli import main; main()'",
    ),
}


@pytest.mark.parametrize("layout", STARTS)
def test_the_start_command_follows_the_layout(layout: str, repository: Repository) -> None:
    files, command = STARTS[layout]

    assert analyze(repository(files)).component.start_command == command


@pytest.mark.parametrize(
    ("lock", "manager"),
    [("uv.lock", "uv"), ("poetry.lock", "poetry"), ("pdm.lock", "pdm"), ("Pipfile.lock", "pipenv")],
)
def test_a_lock_names_its_manager_and_is_installed_strictly(
    lock: str, manager: str, repository: Repository
) -> None:
    shop = analyze(repository({lock: "", "pyproject.toml": "", "main.py": ""})).component

    assert shop.package_manager == manager
    assert shop.install_command is not None
    assert shop.install_command.startswith(f"{manager} ")


def test_a_project_without_a_lock_installs_what_it_declares_and_says_so(
    repository: Repository,
) -> None:
    manifest = '[project]\nname = "shop"\ndependencies = ["flask>=3", "rich ; extra == \'x\'"]\n'

    shop = analyze(repository({"pyproject.toml": manifest, "app.py": "app = Flask()\n"})).component

    assert shop.install_command is not None
    assert shop.install_command.startswith("pip install 'flask>=3'")
    assert [each.about for each in shop.conflicts] == ["lock"]


def test_databases_are_known_by_their_drivers(repository: Repository) -> None:
    requirements = {"requirements.txt": "-r more.txt\npsycopg2-binary\n", "more.txt": "Redis>=5\n"}

    shop = analyze(repository({**requirements, "main.py": ""})).component

    assert shop.services == ("postgresql", "redis")


def test_variables_are_named_and_their_defaults_kept_out(repository: Repository) -> None:
    code = 'key = os.environ.get("SIGNING_KEY", "s3cr3t")\nurl = os.environ["DATABASE_URL"]\n'

    shop = analyze(repository({"main.py": code})).component

    assert shop.environment == ("DATABASE_URL", "SIGNING_KEY")
    assert "s3cr3t" not in shop.model_dump_json()


def test_the_port_is_read_from_the_call_and_not_from_a_comment(repository: Repository) -> None:
    code = "# uvicorn.run(app, port=1111)\nuvicorn.run(app, host='0.0.0.0', port=7000)\n"

    shop = analyze(repository({"main.py": code})).component

    assert shop.port == 7000
    assert shop.port_source is not None
    assert shop.port_source.line == 2


def test_a_privileged_port_gives_way_where_the_application_reads_port(
    repository: Repository,
) -> None:
    flexible = repository({"main.py": 'run(port=int(os.environ.get("PORT", 80)))\n'})

    assert analyze(flexible).component.port == 8080
