"""One frozen `Settings`, read once at the edge: default < file < environment < flag."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from index.errors import ConfigError

PREFIX = "KAMERANTWOORD_"
DEFAULT_FILE = Path("kamerantwoord.toml")

# https://www.example.org, http://127.0.0.1:8080, https://*.example.org
ORIGIN = re.compile(r"https?://(\*\.)?([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:\d{1,5})?", re.IGNORECASE)


# ":8080" at the end
PORT = re.compile(r":\d+$")


def _split(value: object) -> object:
    """Take ``https://a https://b`` as a list, as a variable of the environment gives it."""
    return tuple(value.split()) if isinstance(value, str) else value


def _read_origins(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if value != "*" and not ORIGIN.fullmatch(value):
            raise ValueError(f"{value!r} is no site; write it as https://www.example.org, without a path")
    return tuple(map(_as_browsers_send, values))


def _as_browsers_send(site: str) -> str:
    """Return a site in small letters and without the port that its scheme has anyway."""
    scheme, _, rest = site.lower().partition("://")
    host, _, port = rest.rpartition(":") if PORT.search(rest) else (rest, "", "")
    if port and not 0 < int(port) < 65536:
        raise ValueError(f"{site!r} has no port {port}; ports go from 1 to 65535")
    port = port and str(int(port))
    usual = {"http": "80", "https": "443"}
    return site.lower() if not port else f"{scheme}://{host}" + ("" if usual[scheme] == port else f":{port}")


def _read_one_origin(value: str | None) -> str | None:
    if value is not None and ("*" in value or not ORIGIN.fullmatch(value)):
        raise ValueError(f"{value!r} is no site; write it as https://www.example.org, without a path")
    return value


Sites = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_read_origins)]


class Settings(BaseSettings):
    """All that can be chosen; unknown names are refused, each with its bounds.

    Read with `load_settings`, which names the place of a fault.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    index: Path = Field(Path(".index"), description="Folder of the index.")
    model: str = Field(
        "bundled",
        min_length=1,
        description="`bundled`, or the name or path of any sentence-transformers model.",
    )
    reranker: str | None = Field(
        None,
        min_length=1,
        description="The name or path of any sentence-transformers cross-encoder, which then orders the best hits.",
    )
    hits: int = Field(3, ge=1, le=100, description="How many hits a question returns at most.")
    max_question_chars: int = Field(2000, ge=10, le=10_000, description="Longest question, in characters.")
    host: str = Field("127.0.0.1", min_length=1, description="Address that the web app listens on.")
    port: int = Field(7860, ge=0, le=65535, description="Port that the web app listens on; 0 takes a free one.")
    public_url: Annotated[str | None, AfterValidator(_read_one_origin)] = Field(
        None, description="Site under which people reach the web app, for addresses in feeds and exports."
    )
    widget_sites: Sites = Field(
        (), description="Sites whose pages may ask through the API, as the widget does, apart by spaces; `*` for any."
    )
    frame_sites: Sites = Field(
        (), description="Sites that may show our pages in a frame, apart by spaces; `*` for any."
    )
    requests_per_minute: int = Field(
        120,
        ge=0,
        le=1_000_000,
        description="Requests to API and `/mcp` a minute by one client; 0 sets no bound.",
    )
    max_request_kb: int = Field(64, ge=16, le=10_240, description="Largest request to the API.")
    reader_cpu_seconds: int = Field(30, ge=1, le=3600, description="Processor time that reading one file may take.")
    reader_memory_mb: int = Field(1024, ge=128, le=65536, description="Memory that reading one file may take.")
    reader_text_mb: int = Field(20, ge=1, le=1024, description="Text that one file may hold.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources, strongest first: flags, environment, file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(
    *,
    file: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Read the settings once.

    Parameters
    ----------
    file : Path, optional
        A TOML file; None takes `kamerantwoord.toml` in the current folder when it exists.
    flags : mapping, optional
        Values given on the command line; None values are left out.
    environment : mapping, optional
        In place of the process environment; only looked at for misspelt names.

    Raises
    ------
    ConfigError
        When the file is missing or no TOML, a name is unknown or a value out of bounds.
    """
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    _refuse_unknown_variables(os.environ if environment is None else environment)
    path = _settings_file(file)
    try:
        return _bound_to(path)(**given)
    except ValidationError as exc:
        raise ConfigError(_explain(exc, path)) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path}: not a TOML file ({exc}); correct it or remove it") from exc


def _settings_file(file: Path | None) -> Path | None:
    if file is None:
        return DEFAULT_FILE if DEFAULT_FILE.is_file() else None
    if not file.is_file():
        raise ConfigError(f"no settings file at {file}; give the path of a TOML file with --settings")
    return file


def _bound_to(path: Path | None) -> type[Settings]:
    class SettingsOfFile(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    return SettingsOfFile


def _refuse_unknown_variables(environment: Mapping[str, str]) -> None:
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields} | {f"{PREFIX}SETTINGS"}
    unknown = sorted(name for name in environment if name.upper().startswith(PREFIX) and name.upper() not in known)
    if unknown:
        raise ConfigError(f"unknown setting in the environment: {unknown[0]}; known are {', '.join(sorted(known))}")


def _explain(error: ValidationError, path: Path | None) -> str:
    fault = error.errors()[0]
    name = ".".join(str(part) for part in fault["loc"])
    where = f" (settings file {path}, environment or flag)" if path else " (environment or flag)"
    if fault["type"] == "extra_forbidden":
        return f"unknown setting «{name}»{where}; known are {', '.join(Settings.model_fields)}"
    return f"setting «{name}»{where}: {fault['msg']}, got {fault['input']!r}"
