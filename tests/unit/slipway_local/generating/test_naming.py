"""A name is one that a file, a function and a resource can have, or the fix says which would do."""

import pytest

from slipway_local.cli.exits import CliError, Exit
from slipway_local.generating.naming import Name, check_apart, name_of


@pytest.mark.parametrize(
    ("typed", "fix"),
    [
        ("SmokeTest", "slipway new … smoke_test"),
        ("smoke-test", "slipway new … smoke_test"),
        ("../../etc/passwd", "slipway new … etc_passwd"),
        ("_smoke__test_", "slipway new … smoke_test"),
        ("2nd", "slipway new … nd"),
        ("", "lower-case letters, digits and _, such as smoke_test"),
        ("тест", "lower-case letters, digits and _, such as smoke_test"),
        ("x" * 41, "leave out a word"),
        ("import", "add a word: import_release"),
        ("match", "add a word: match_release"),
        ("json", "add a word: json_release"),
        ("print", "add a word: print_release"),
    ],
)
def test_what_can_be_no_name_is_refused_with_one_that_can(typed: str, fix: str) -> None:
    with pytest.raises(CliError) as refused:
        name_of(typed)

    told = refused.value
    assert (told.exit_code, told.code, told.fix) == (Exit.BAD_INPUT, "invalid_name", fix)


def test_all_other_names_follow_from_the_one() -> None:
    name = name_of("smoke_test_2")

    assert (name.title, name.words, name.is_one_word) == ("SmokeTest2", "smoke test 2", False)


@pytest.mark.parametrize("used", ["store", "call", "handler", "Saga", "key"])
def test_a_name_that_the_file_has_another_use_for_is_refused(used: str) -> None:
    source = "from saga import Saga\ndef f(call, *, store): ...\nhandler = f(1, store=2, key=3)\n"

    with pytest.raises(CliError, match="has another meaning"):
        check_apart(Name(used), source)
    check_apart(Name("another"), source)
