"""Settings come from flags over environment over ``.env`` over a TOML profile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from extractor.endpoint.setting_sources import load
from extractor.endpoint.settings import OPENAI_URL, EndpointSettings
from extractor.errors import SettingsError

SECRET = "sk-planted-0123456789abcdef"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, no settings in the environment, and none of the user's own."""
    for name in os.environ:
        if name.startswith(("OPENAI_", "EXTRACTOR_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def test_nothing_set_is_no_endpoint() -> None:
    assert load() == EndpointSettings()
    assert not load().is_configured


def test_flags_go_over_environment_over_file_over_profile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "extractor.toml").write_text(
        '[profiles.p]\nmodel = "profile"\nseed = 1\nrpm = 1\ntpm = 1\n', encoding="utf-8"
    )
    (folder / ".env").write_text("EXTRACTOR_MODEL=file\nEXTRACTOR_SEED=2\nEXTRACTOR_RPM=2\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("EXTRACTOR_MODEL", "environment")
    monkeypatch.setenv("EXTRACTOR_SEED", "3")
    settings = load({"model": "flag", "seed": None}, profile="p")
    assert (settings.model, settings.seed, settings.rpm, settings.tpm) == ("flag", 3, 2, 1)


def test_what_other_programs_use_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1/")
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    settings = load({"model": "m"})
    assert settings.base_url == "http://127.0.0.1:8080/v1"
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == SECRET


def test_our_own_variables_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://theirs/v1")
    monkeypatch.setenv("EXTRACTOR_BASE_URL", "http://ours/v1")
    assert load().base_url == "http://ours/v1"


def test_an_empty_variable_sets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXTRACTOR_MODEL", "")
    assert load().model is None


def test_the_key_is_read_from_the_variable_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "another")
    (folder / ".env").write_text(f"MY_KEY={SECRET}\n", encoding="utf-8")
    settings = load({"api_key_env": "MY_KEY"})
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == SECRET
    assert load({"api_key_env": "NO_SUCH"}).api_key is None


@pytest.mark.parametrize(
    ("given", "configured"),
    [
        ({}, False),
        ({"model": "m"}, False),
        ({"api_key": SECRET}, False),
        ({"model": "m", "api_key": SECRET}, True),
        ({"model": "m", "base_url": "http://127.0.0.1:8080/v1"}, True),
        ({"base_url": "http://127.0.0.1:8080/v1"}, False),
    ],
)
def test_an_endpoint_is_a_model_with_an_address_or_a_key(given: dict[str, str], configured: bool) -> None:
    assert load(given).is_configured is configured


def test_the_default_profile_is_used_where_none_is_named(folder: Path) -> None:
    (folder / "extractor.toml").write_text(
        'default_profile = "a"\n[profiles.a]\nmodel = "a"\n[profiles.b]\nmodel = "b"\n', encoding="utf-8"
    )
    assert load().model == "a"
    assert load(profile="b").model == "b"


def test_a_project_s_profile_goes_over_the_user_s(folder: Path, tmp_path: Path) -> None:
    user = tmp_path / "user" / "notice-extractor"
    user.mkdir(parents=True)
    (user / "extractor.toml").write_text('[profiles.a]\nmodel="user"\n[profiles.b]\nmodel="user"\n', encoding="utf-8")
    (folder / "extractor.toml").write_text('[profiles.a]\nmodel = "project"\n', encoding="utf-8")
    assert (load(profile="a").model, load(profile="b").model) == ("project", "user")


def test_further_fields_are_given_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load({"extra_body": '{"top_k": 1}'}).extra_body == {"top_k": 1}
    monkeypatch.setenv("EXTRACTOR_EXTRA_BODY", '{"a": {"b": [1]}}')
    assert load().extra_body == {"a": {"b": [1]}}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"base_url": "127.0.0.1:8080"}, r"base_url \(--base-url\): is no web address"),
        ({"mode": "xml"}, r"mode \(--mode\): input should be 'tools'"),
        ({"temperature": 3}, r"temperature \(--temperature\)"),
        ({"extra_body": "{"}, r"extra_body \(--extra-body\): must be a JSON object"),
        ({"extra_body": '{"messages": []}'}, "must not set messages"),
        ({"concurrency": 0}, r"concurrency \(--concurrency\): input should be greater"),
        ({"timeout": "inf"}, r"timeout \(--timeout\)"),
        ({"colour": "red"}, "colour: there is no such setting"),
        ({"api_key_env": SECRET}, "must be the name of an environment variable"),
    ],
)
def test_a_wrong_value_is_named(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as caught:
        load(given)
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[profiles.p]\ncolour = 1\n", "sets colour, which is no setting"),
        (f'[profiles.p]\napi_key = "{SECRET}"\n', "holds a key; put it into an environment variable"),
        ("[profiles.q]\n", r"there is no profile p \(there is: q\)"),
        ("", "there is no profile p"),
        ("profiles = 1\n", "profiles must be tables"),
        ("[profiles]\np = 1\n", r"\[profiles.p\] must be a table"),
        (f"[profiles.p\napi_key = {SECRET}", "is no TOML"),
    ],
)
def test_a_wrong_profile_is_named(folder: Path, text: str, sentence: str) -> None:
    (folder / "extractor.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=sentence) as caught:
        load(profile="p")
    assert SECRET not in str(caught.value)


def test_what_is_shown_holds_no_secret() -> None:
    settings = load(
        {
            "base_url": f"https://me:{SECRET}@host:8443/v1?token={SECRET}",
            "api_key": SECRET,
            "model": "m",
            "extra_body": {"password": SECRET},
        }
    )
    assert settings.address == "https://host:8443/v1"
    assert SECRET not in str(settings.shown())
    assert "api_key" not in settings.shown()
    assert SECRET not in repr(settings.api_key)


def test_the_address_by_default_is_openai_s() -> None:
    assert load().base_url == OPENAI_URL
