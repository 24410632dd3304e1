"""Every object of a workflow says by its key whose it is."""

from slipway.containerize.workspace_keys import (
    AUDIT,
    is_audit,
    object_key,
    step_of,
    step_prefix,
    workflow_prefix,
)
from steps import PLAN

LOG = "workflows/wf_me/build_image/build.log"


def test_a_key_names_workflow_step_and_object() -> None:
    assert object_key("wf_me", "build_image", "build.log") == LOG
    assert LOG.startswith(step_prefix("wf_me", "build_image"))
    assert step_of("wf_me", LOG) == "build_image"


def test_no_workflow_is_a_prefix_of_another() -> None:
    assert not object_key("wf_me2", "build_image", "x").startswith(workflow_prefix("wf_me"))


def test_only_logs_and_reports_of_the_same_workflow_are_kept() -> None:
    assert is_audit("wf_me", LOG)
    assert not is_audit("wf_other", LOG)
    assert not is_audit("wf_me", object_key("wf_me", "analyze_repository", "source.tar.gz"))


def test_all_that_is_kept_belongs_to_a_step_of_the_plan() -> None:
    assert {key.partition("/")[0] for key in AUDIT} <= {step.name for step in PLAN}
