import sys
from pathlib import Path

import pytest

from slipway_local.layout import NotInstalledWhole, find_layout


def test_an_installed_package_brings_its_system(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "slipway_local"
    (package / "system").mkdir(parents=True)
    (package / "system" / "template.yaml").write_text("")

    assert find_layout(package).template == package / "system" / "template.yaml"


def test_in_a_checkout_the_system_is_the_repository(tmp_path: Path) -> None:
    package = tmp_path / "infra" / "local" / "slipway_local"
    package.mkdir(parents=True)
    (tmp_path / "template.yaml").write_text("")

    assert find_layout(package).functions == tmp_path / "functions"


def test_half_an_installation_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotInstalledWhole, match="reinstall the package"):
        find_layout(tmp_path / "a" / "b" / "slipway_local")


def test_the_rooms_can_be_imported_meanwhile(tmp_path: Path) -> None:
    package = tmp_path / "slipway_local"
    (package / "system").mkdir(parents=True)
    (package / "system" / "template.yaml").write_text("")
    layout = find_layout(package)

    with layout.importable():
        assert str(layout.functions) in sys.path
    assert str(layout.functions) not in sys.path
