"""A token is known by its shape to all who meet it: in a setting, in a log, in a Dockerfile."""

import json
import time

import pytest

from slipway.adapters.redaction import redacted
from slipway.containerize.policy import dockerfile_findings
from slipway.containerize.secret_names import secrets_in
from slipway.containerize.token_shapes import SHAPED

LONG = "a1B2" * 9
BODY = "Proc-Type: 4,ENCRYPTED\nMIIE+/="
KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}\n-----END RSA PRIVATE KEY-----"
TOKENS = (
    *(f"ghp_{LONG}", f"ghs_{LONG}", f"github_pat_{LONG}", f"glpat-{LONG}", f"npm_{LONG}"),
    *(f"dckr_pat_{LONG}", f"pypi-AgE{LONG}", f"xoxb-{LONG}", f"sk_live_{LONG}", f"rk_live_{LONG}"),
    *(f"sk-proj-{LONG}", f"hvs.{LONG}", f"SG.{LONG}.{LONG}", f"AIza{LONG}"),
    *("AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "AGE-SECRET-KEY-1QQQ"),
    *("eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", json.dumps(KEY)[1:-1]),
)
PLAIN = (
    *("npm_config_user_agent", "npm_lifecycle_script", "npm_package_version"),
    *("monkey_live_and_let_live_long", "MSG.something.long.and.plain", "SPAKIAIOSFODNN7EXAMPLE"),
    *("-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----", "a/bot1:80", "?signature=x"),
    *("sha256:" + "a" * 64, "eyJ", "objects.eyJson.load.now", "risk-projections-of-the-year"),
)


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_of_a_well_known_issuer_is_found_by_all_three(token: str) -> None:
    assert secrets_in({"A": token})
    assert redacted(f"found {token} there") == "found *** there"
    findings = dockerfile_findings(f'FROM a:1\nENV A="{token}"\nUSER 5\n')
    assert [each.code for each in findings] == ["secret_in_image"]


@pytest.mark.parametrize("text", PLAIN)
def test_what_only_looks_a_little_like_one_is_left_alone(text: str) -> None:
    assert secrets_in({"A": text}) == []
    assert redacted(f"found {text} there") == f"found {text} there"
    assert dockerfile_findings(f'FROM a:1\nENV A="{text}"\nUSER 5\n') == []


def test_of_a_text_only_the_key_is_hidden_also_when_its_end_is_missing() -> None:
    whole = f"before\n{KEY}\nafter: all"

    assert redacted(whole) == "before\n***\nafter: all"
    assert redacted("-----BEGIN PRIVATE KEY-----\nMIIE+/=") == "***"


@pytest.mark.parametrize(
    "piece", ["ghp_", "SG.", "npm_a", "eyJaaaaa.", "-----BEGIN PRIVATE KEY-----", "AKIA", "&sig="]
)
def test_a_text_made_to_be_slow_is_not(piece: str) -> None:
    begun = time.process_time()

    SHAPED.sub("", piece * (1_000_000 // len(piece)))

    assert time.process_time() - begun < 5
