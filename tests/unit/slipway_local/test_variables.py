from slipway.settings import Settings
from slipway_local.engines.probe import Rehearsal
from slipway_local.variables import handler_variables


def test_the_user_wins_over_the_template_and_the_stack_over_the_user() -> None:
    template = {"SLIPWAY_REGISTRY": "", "SLIPWAY_SCANNER": "ecr", "SLIPWAY_WRITE_TABLE": "w-local"}
    settings = Settings(registry="127.0.0.1:5000/apps", scanner="none", write_table="mine")

    given = handler_variables(template, settings, Rehearsal(("cluster",), ("none",)), "me", {})

    assert given["SLIPWAY_REGISTRY"] == "127.0.0.1:5000/apps"
    assert given["SLIPWAY_SCANNER"] == "none"
    assert given["SLIPWAY_WRITE_TABLE"] == "w-local"
    assert (given["SLIPWAY_STAGE"], given["SLIPWAY_REHEARSAL"]) == ("local", "true")
    assert given["KUBECONFIG"] is None


def test_an_empty_value_of_the_template_sets_nothing() -> None:
    given = handler_variables({"DOCKER_HOST": ""}, Settings(), Rehearsal(), "me", {})

    assert given["DOCKER_HOST"] is None


def test_a_rehearsal_pushes_to_a_place_that_cannot_exist() -> None:
    rehearsal = Rehearsal(("engine", "registry", "cluster"), ("none",))

    given = handler_variables({}, Settings(), rehearsal, "me", {})

    assert str(given["SLIPWAY_REGISTRY"]).startswith("rehearsal.invalid/")


def test_the_installation_is_the_one_of_the_state_folder_and_not_of_the_template() -> None:
    template = {"SLIPWAY_INSTANCE": "local.123456789012.eu-central-1"}

    assert (
        handler_variables(template, Settings(), Rehearsal(), "me", {})["SLIPWAY_INSTANCE"] == "me"
    )


def test_handlers_know_the_world_of_the_system_and_not_of_the_template() -> None:
    template = {"SLIPWAY_AT_ENGINE": "tcp://10.0.0.5:2376"}
    world = {"engine": "unix:///docker.sock", "cluster": "in memory"}

    given = handler_variables(template, Settings(), Rehearsal(("cluster",)), "me", world)
    shown = handler_variables(template, Settings(), Rehearsal(), "me", {})

    assert (given["SLIPWAY_AT_ENGINE"], given["SLIPWAY_AT_CLUSTER"]) == tuple(world.values())
    assert (shown["SLIPWAY_AT_ENGINE"], shown["SLIPWAY_AT_CLUSTER"]) == (None, None)
