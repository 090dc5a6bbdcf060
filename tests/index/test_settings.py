"""Settings: default < file < environment < flag, and nothing misspelt goes by."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import ConfigError
from index.settings import Settings, load_settings


def write(text: str, name: str = "kamerantwoord.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_hold() -> None:
    settings = load_settings()
    assert (settings.index, settings.model, settings.hits, settings.host) == (Path(".index"), "bundled", 3, "127.0.0.1")


def test_a_file_beats_the_default() -> None:
    assert load_settings(file=write("hits = 5", "mine.toml")).hits == 5


def test_the_file_of_the_current_folder_is_found() -> None:
    write("hits = 6")
    assert load_settings().hits == 6


def test_the_environment_beats_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write("hits = 5\nport = 1234")
    monkeypatch.setenv("KAMERANTWOORD_HITS", "7")
    settings = load_settings()
    assert (settings.hits, settings.port) == (7, 1234)


def test_a_flag_beats_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    write("hits = 5")
    monkeypatch.setenv("KAMERANTWOORD_HITS", "7")
    assert load_settings(flags={"hits": 9}).hits == 9


def test_a_flag_that_was_not_given_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAMERANTWOORD_HITS", "7")
    assert load_settings(flags={"hits": None, "model": None}).hits == 7


@pytest.mark.parametrize(
    ("text", "name"),
    [("hitz = 5", "hitz"), ("[index]\npath = 'x'", "index"), ("hits = 0", "hits"), ("port = 70000", "port")],
    ids=["unknown", "a table", "too low", "too high"],
)
def test_a_fault_in_the_file_is_refused_by_name(text: str, name: str) -> None:
    with pytest.raises(ConfigError, match=f"«{name}».*kamerantwoord.toml"):
        load_settings(file=write(text))


def test_an_unknown_name_in_the_file_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="known are index, model, reranker, hits"):
        load_settings(file=write("hitz = 5"))


def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAMERANTWOORD_HITZ", "7")
    with pytest.raises(ConfigError, match=r"KAMERANTWOORD_HITZ.*KAMERANTWOORD_HITS"):
        load_settings()


def test_other_variables_are_no_business_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HITS", "7")
    assert load_settings().hits == 3


def test_an_unknown_flag_is_refused() -> None:
    with pytest.raises(ConfigError, match="hitz"):
        load_settings(flags={"hitz": 5})


def test_a_value_of_the_wrong_kind_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAMERANTWOORD_HITS", "veel")
    with pytest.raises(ConfigError, match=r"«hits».*'veel'"):
        load_settings()


def test_a_missing_settings_file_is_said() -> None:
    with pytest.raises(ConfigError, match=r"no settings file at gone\.toml"):
        load_settings(file=Path("gone.toml"))


@pytest.mark.parametrize("text", ["hits = ", "{}", "hits 5"])
def test_a_file_that_is_no_toml_is_said(text: str) -> None:
    with pytest.raises(ConfigError, match="not a TOML file"):
        load_settings(file=write(text))


def test_a_file_that_is_no_text_is_said() -> None:
    path = Path("kamerantwoord.toml")
    path.write_bytes(b"\xff\xfe\x00h")
    with pytest.raises(ConfigError, match="not a TOML file"):
        load_settings(file=path)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().hits = 4


def test_every_setting_is_described_and_has_bounds() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.metadata or field.annotation is Path, f"{name} takes any value"


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("https://www.Example.org:443", "https://www.example.org"),
        ("http://www.example.org:80", "http://www.example.org"),
        ("http://www.example.org:443", "http://www.example.org:443"),
        ("https://*.example.org:443", "https://*.example.org"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://www.example.org:0080", "http://www.example.org"),
        ("http://www.example.org:08080", "http://www.example.org:8080"),
        ("http://[::1]", "http://[::1]"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("*", "*"),
    ],
)
def test_a_site_is_written_as_browsers_name_it(given: str, taken: str) -> None:
    assert load_settings(flags={"widget_sites": given}).widget_sites == (taken,)


@pytest.mark.parametrize("site", ["https://x.org:0", "https://x.org:65536", "https://x.org:99999"])
def test_a_site_has_a_port_that_there_is(site: str) -> None:
    with pytest.raises(ConfigError, match="ports go from 1 to 65535"):
        load_settings(flags={"widget_sites": site})
