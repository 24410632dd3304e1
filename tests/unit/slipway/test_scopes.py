"""A room asks for a port by calling its provider; a rehearsal serves another one for a while."""

import pytest

from slipway.scopes import provider, use


@provider
def kettle() -> str:
    return "of copper"


@provider
def tea() -> str:
    return f"from a kettle {kettle()}"


def test_a_port_is_built_once_and_anew_within_a_block_that_replaces_what_it_is_made_of() -> None:
    built = tea()

    with use(kettle="of glass"):
        assert tea() == "from a kettle of glass"
        assert tea() is tea()

    assert tea() is built


def test_a_port_that_nobody_provides_is_not_replaced_in_silence() -> None:
    with pytest.raises(TypeError, match="no provider of kettel"), use(kettel="of glass"):
        pass
