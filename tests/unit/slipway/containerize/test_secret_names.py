"""Anna's settings have secrets among them: which ones, and how they are kept out of every text."""

import pytest

from slipway.containerize.secret_names import HIDDEN, hide, secrets_in, without_secrets

PEM = "-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----"


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("DB_PASSWORD", "hunter2", "cannot log in with hunter2!"),
        ("dbPassword", "hunter2", "cannot log in with hunter2!"),
        ("STRIPE_TOKEN", "tok$1", "401 for tok$1"),
        ("DJANGO_SECRET", "s3cr3t", "key=s3cr3t;"),
        ("SIGNING_KEY", "abcd", "signed with abcd"),
        ("SENTRY_DSN", "https://k3y@sentry.example/1", "no k3y there"),
        ("DATABASE_URL", "postgres://anna:pa%24s@db/shop", "password pa%24s is wrong"),
        ("DATABASE_URL", "postgres://anna:pa%24s@db/shop", "password pa$s is wrong"),
        ("DB_PASSWORD", "a/b@c", "tried postgres://x:a%2Fb%40c@db"),
        ("DB_PASSWORD", "a'b\tc\"", "{'DB_PASSWORD': 'a\\'b\\tc\"'}"),
        ("BROKER", "redis://:only@queue:6379/0", "AUTH only failed"),
        ("SQL_DSN", "host=db password=hunter2 user=anna", "wrong: hunter2"),
        ("TLS_KEY", PEM, "broken: MIIEvQIBADANBg"),
        ("API_TOKEN", 'a"b\\c', r'{"token": "a\"b\\c"}'),
        ("PIN_SECRET", "7", "the pin 7 is wrong"),
        ("PIN_CODE", "1379", "1379 is wrong"),
        ("CREDS", "anna/tea", "no: anna/tea"),
        ("PEM", "any", "any"),
        ("IDENTITY", PEM.replace(" KEY", " RSA PRIVATE KEY"), "broken: MIIEvQIBADANBg"),
        ("GH", f"ghp_{'a' * 36}", f"401 for ghp_{'a' * 36}"),
        ("JDBC", "jdbc:mysql://h/db?user=a&password=hunter2", "hunter2 is wrong"),
        ("AZ", "AccountName=shop;AccountKey=aGVsbG8=;", "no aGVsbG8= there"),
        ("HEADER", "Authorization: Bearer t0ken", "t0ken has expired"),
        ("OPTIONS", '{"user": "anna", "password": "hunter2"}', "hunter2 is wrong"),
        ("LOG", "eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", "eyJhbGciOiJI.eyJzdWIiOiIx.c2ln has expired"),
        ("NPM", f"npm_{'a' * 36}", f"401 for npm_{'a' * 36}"),
        ("AGE", "AGE-SECRET-KEY-1QQQ", "no AGE-SECRET-KEY-1QQQ"),
        ("BLOB", "https://x.blob.test/c?sv=1&sig=aGk%3D&sp=r", "403 for aGk%3D"),
        ("PGP", PEM.replace("KEY", "PGP PRIVATE KEY BLOCK"), "broken: MIIEvQIBADANBg"),
        ("HOOK", "https://hooks.slack.com/services/T0/B0/xyz", "404 for T0/B0/xyz"),
        ("HOOK", "https://discord.com/api/webhooks/12/a-b_c", "404 for 12/a-b_c"),
        ("BOT", f"https://chat.example/bot12:{'a' * 35}/send", f"401 for 12:{'a' * 35}"),
        ("JDBC", "jdbc:oracle:thin:anna/hunter2@//h:1521/shop", "no anna/hunter2 there"),
        ("START", "serve --db-password hunter2 --port 80", "hunter2 is wrong"),
        ("OTP_SEED", "JBSWY3DP", "JBSWY3DP is wrong"),
        ("PEPPER", "any", "any"),
        ("PW", "x1y2z3", "x1y2z3 is wrong"),
        ("MYPWD", "x1y2z3", "x1y2z3 is wrong"),
        ("OAUTH", "x1y2z3", "x1y2z3 is wrong"),
        ("OAUTH2_CLIENT", "x1y2z3", "x1y2z3 is wrong"),
    ],
)
def test_a_secret_is_hidden_in_every_spelling(name: str, value: str, line: str) -> None:
    shown = hide(line, secrets_in({name: value}))

    assert HIDDEN in shown
    assert shown != line
    assert value not in shown
    assert without_secrets({name: value}) == {name: HIDDEN}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "info"),
        ("GREETING", "hello"),
        ("HOME_URL", "https://shop.example/a@b"),
        ("QUEUE", "redis://queue:6379/0"),
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "  "),
        ("LAYOUT", "monkey=b"),
        ("JAVA_OPTS", "-Dsort.key=name"),
        ("BASIS", "Basic"),
        ("MONKEY", "capuchin"),
        ("PWM", "50"),
        ("PWDX", "four"),
        ("COAUTHOR", "boris"),
        ("START", "serve --token --port 80 --secretive yes"),
        ("ROBOT", "https://shop.example/bot12:80"),
    ],
)
def test_what_is_no_secret_stays_readable(name: str, value: str) -> None:
    assert secrets_in({name: value}) == []
    assert without_secrets({name: value}) == {name: value}


def test_a_short_secret_is_hidden_as_a_word_and_spares_all_other_words() -> None:
    assert hide("pin 7 of 17", secrets_in({"PIN_SECRET": "7"})) == f"pin {HIDDEN} of 17"


def test_a_secret_that_is_part_of_another_does_not_uncover_it() -> None:
    secrets = secrets_in({"A_TOKEN": "abcd", "B_TOKEN": "abcdefgh"})

    assert hide("abcdefgh abcd", secrets) == f"{HIDDEN} {HIDDEN}"
