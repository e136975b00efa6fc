"""Secrets are hidden by key, by value and by shape, and nothing from outside steers a terminal."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdistill.errors import AuthFailed, PluginFault, TaskError, boundary
from fastdistill.redact import HIDDEN, plain, redact, remember, scrub, secrets_of

KEYS = st.sampled_from(
    ["api_key", "x-api-key", "clientSecret", "headers", "extra_body", "extra", "name", "a"]
)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
)


@pytest.mark.parametrize(
    "key",
    ["key", "api_key", "API-KEY", "apiKey", "x-goog-api-key", "token", "access_token", "client_secret",
     "password", "Authorization", "Cookie", "Set-Cookie", "AWS_SECRET_ACCESS_KEY", "credentials"],
)  # fmt: skip
def test_text_under_a_secret_name_is_hidden(key: str) -> None:
    assert redact({key: "v"}) == {key: HIDDEN}


@pytest.mark.parametrize(
    "key", ["max_tokens", "api_key_env", "key_file", "tokens_per_minute", "keep_alive", "author", "monkey"]
)
def test_other_names_are_left(key: str) -> None:
    assert redact({key: "v"}) == {key: "v"}


def test_headers_and_bodies_are_hashed_text_by_text() -> None:
    found = redact({"headers": {"X-Team": "blue"}, "extra_body": {"user": "me", "n": 3, "api_key": "k"}})
    assert found["headers"]["X-Team"].startswith("sha256:")
    assert found["extra_body"] == {"user": found["extra_body"]["user"], "n": 3, "api_key": HIDDEN}
    assert "me" not in found["extra_body"].values()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("https://me:hunter22@host/v1", "hunter22"),
        ("moved to https://host/v1?token=abcdef", "abcdef"),
        ("see https://host/v1?a=b&X-Amz-Signature=0f0f&c=d", "0f0f"),
        ("authorization: Bearer abc.def_123", "abc.def_123"),
        ("the key sk-proj-Ab1Cd2Ef3Gh4Ij5 is wrong", "sk-proj-Ab1Cd2Ef3Gh4Ij5"),
        ("AIzaSyA1234567890abcdefghijk", "AIzaSyA1234567890abcdefghijk"),
        ("ghp_0123456789abcdefghij", "ghp_0123456789abcdefghij"),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl", "eyJzdWIiOiIxMjM0"),
    ],
)
def test_what_has_the_shape_of_a_secret_is_struck_out(text: str, secret: str) -> None:
    assert secret not in scrub(text)


@pytest.mark.parametrize(
    "text", ["basic arithmetic", "a bearer of news", "skeleton_of_something_1234", "user@host", "1/2?x=3"]
)
def test_ordinary_text_is_left(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\rb\x08c\x7f", "abc"),
        ("\x9b2Jgone", "gone"),
        ("\u202egnp.exe", "gnp.exe"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
    ],
)
def test_nothing_steers_a_terminal(text: str, left: str) -> None:
    assert plain(text) == left


@given(st.text())
def test_what_is_plain_holds_no_control_character(text: str) -> None:
    found = plain(text)
    assert not {c for c in found if ord(c) < 32 or 127 <= ord(c) < 160} - {"\n", "\t"}
    assert plain(found) == found


@given(DATA)
def test_redacting_twice_is_redacting_once(data: Any) -> None:
    assert redact(redact(data)) == redact(data)


def test_the_secrets_of_a_run_file_are_those_named_and_those_pointed_to(tmp_path: Any) -> None:
    (tmp_path / "key").write_text("from-a-file\n")
    config = {
        "options": {
            "api_key": "by-name-1",
            "headers": {"Authorization": "Bearer by-header-2", "X": "$MINE"},
        },
        "api_key_env": "OTHER",
        "key_file": str(tmp_path / "key"),
        "label": "no secret",
    }
    found = set(secrets_of(config, {"MINE": "by-variable-3", "OTHER": "by-variable-4"}))
    assert {"by-name-1", "by-header-2", "by-variable-3", "by-variable-4", "from-a-file"} <= found
    assert "no secret" not in found


def test_what_a_plugin_raises_loses_its_secrets_at_the_border() -> None:
    remember(["planted-at-the-border"])
    for error in (AuthFailed("no: planted-at-the-border"), TaskError("x", "planted-at-the-border")):
        with pytest.raises(type(error)) as caught, boundary("them", "complete"):
            raise error
        assert "planted" not in str(caught.value)
        assert "planted" not in getattr(caught.value, "detail", "")
    with pytest.raises(PluginFault) as fault, boundary("them", "complete"):
        raise ValueError("\x1b[31mplanted-at-the-border")
    assert str(fault.value).startswith(f"them raised ValueError in complete: {HIDDEN}")
