from slipway.settings import Settings
from slipway_local.engines.probe import Rehearsal
from slipway_local.variables import handler_variables


def test_the_user_wins_over_the_template_and_the_stack_over_the_user() -> None:
    template = {"SLIPWAY_REGISTRY": "", "SLIPWAY_SCANNER": "ecr", "SLIPWAY_WRITE_TABLE": "w-local"}
    settings = Settings(registry="127.0.0.1:5000/apps", scanner="none", write_table="mine")

    given = handler_variables(template, settings, Rehearsal(("cluster",), ("none",)))

    assert given["SLIPWAY_REGISTRY"] == "127.0.0.1:5000/apps"
    assert given["SLIPWAY_SCANNER"] == "none"
    assert given["SLIPWAY_WRITE_TABLE"] == "w-local"
    assert (given["SLIPWAY_STAGE"], given["SLIPWAY_REHEARSAL"]) == ("local", "true")
    assert given["KUBECONFIG"] is None


def test_an_empty_value_of_the_template_sets_nothing() -> None:
    given = handler_variables({"DOCKER_HOST": ""}, Settings(), Rehearsal())

    assert given["DOCKER_HOST"] is None


def test_a_rehearsal_pushes_to_a_place_that_cannot_exist() -> None:
    rehearsal = Rehearsal(("engine", "registry", "cluster"), ("none",))

    assert str(handler_variables({}, Settings(), rehearsal)["SLIPWAY_REGISTRY"]).startswith(
        "rehearsal.invalid/"
    )
