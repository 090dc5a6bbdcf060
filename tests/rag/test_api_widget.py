"""The widget as a file: small, whole, the same for everyone, and without what a strict policy forbids."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re

import pytest
from starlette.testclient import TestClient

from index.archive import Generation
from index.encoders.base import Encoder
from rag import Assistant
from rag.api.files import WIDGET, widget_integrity, widget_name, widget_script
from rag.api.parameters import Chosen
from rag.api.problems import TITLES
from tests.rag.api_client import client_of

MOST_BYTES = 15 * 1024


@pytest.fixture(scope="module")
def client(small_generation: Generation, words_encoder: Encoder) -> TestClient:
    return client_of(Assistant(small_generation, words_encoder))


def texts() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((WIDGET / "texts.json").read_text("utf-8"))
    return found


def test_the_widget_with_its_styles_and_texts_is_at_most_15_kb() -> None:
    assert len(gzip.compress(widget_script())) <= MOST_BYTES


def test_the_widget_is_one_file_with_styles_and_texts_inside(client: TestClient) -> None:
    script = client.get("/widget.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert 'const STYLES = "' in script.text
    assert "--ka-accent" in script.text
    assert "Geen brief beantwoordt deze vraag." in script.text
    # import … from "…", import("…"); import.meta is no import
    assert re.findall(r"\bimport\b(?!\.meta)", re.sub(r"//.*", "", script.text)) == []


def test_the_pinned_file_is_the_same_for_ever_and_another_version_is_not_passed_off_as_it(client: TestClient) -> None:
    pinned = client.get(f"/{widget_name()}")
    assert pinned.content == client.get("/widget.js").content
    assert "immutable" in pinned.headers["cache-control"]
    assert "immutable" not in client.get("/widget.js").headers["cache-control"]
    assert client.get("/widget-000000000000.js").status_code == 404
    digest = base64.b64encode(hashlib.sha384(pinned.content).digest()).decode()
    assert widget_integrity() == f"sha384-{digest}"


FORBIDDEN = (
    r"\beval\(",
    r"new Function",
    r"(inner|outer)HTML",
    r"insertAdjacentHTML",
    r"document\.write",
    r"\.style\b",
    r"localStorage",
    r"document\.cookie",
)


@pytest.mark.parametrize("forbidden", FORBIDDEN)
def test_the_widget_uses_nothing_that_a_strict_policy_forbids_and_keeps_nothing(forbidden: str) -> None:
    code = (WIDGET / "widget.js").read_text("utf-8")
    assert re.search(forbidden, code) is None


def test_both_languages_say_the_same_things() -> None:
    dutch, english = texts()["nl"], texts()["en"]
    assert dutch.keys() == english.keys()
    assert dutch["errors"].keys() == english["errors"].keys()  # type: ignore[attr-defined]
    for name, said in dutch.items():
        # "{count} andere antwoorden"
        assert set(re.findall(r"\{\w+\}", str(said))) == set(re.findall(r"\{\w+\}", str(english[name]))), name


def test_every_text_is_used_and_every_text_that_is_used_exists() -> None:
    code = (WIDGET / "widget.js").read_text("utf-8")
    # texts.copy, this.#texts.copy
    used = set(re.findall(r"\btexts\.(\w+)", code)) | {"letterlijk", "verwant", "zwak"}
    used |= {name for name in texts()["nl"] if name.startswith("coverage")}
    assert used == set(texts()["nl"])


def test_the_errors_of_the_widget_are_kinds_of_problem() -> None:
    own = {"empty", "timeout", "unreachable", "other"}
    assert set(texts()["nl"]["errors"]) - own <= set(TITLES)  # type: ignore[call-overload]


def test_the_filters_of_the_widget_are_those_of_the_api() -> None:
    code = (WIDGET / "widget.js").read_text("utf-8")
    named = re.search(r"const FILTERS = (\[.*?\]);", code)
    assert named is not None
    assert json.loads(named[1]) == list(Chosen.model_fields)


@pytest.mark.parametrize(
    "attack",
    [
        '"><script>alert(1)</script>',
        "' onfocus=alert(1) autofocus='",
        "</title><img src=x onerror=alert(1)>",
        "x" * 5000,
    ],
)
def test_an_address_cannot_write_into_the_frame_page(client: TestClient, attack: str) -> None:
    page = client.get("/widget/frame", params={"placeholder": attack, "theme": attack, "onclick": "alert(1)"})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "onerror=alert(1)>" not in page.text
    assert "onclick" not in page.text
    assert len(page.text) < 3000


def test_a_hostile_host_cannot_write_into_the_demo_page(client: TestClient) -> None:
    page = client.get("/widget/demo", headers={"Host": 'x"><script>alert(1)</script>'})
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    "path", ["/widget/widget.js", "/widget/texts.json", "/widget/../api/routes.py", "/widget/%2e%2e/cli.py"]
)
def test_only_files_that_are_meant_to_be_served_are(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_design_tokens_are_mapped_to_variables_that_the_widget_has() -> None:
    names = re.compile(r"--ka-[\w-]+")
    known = set(names.findall((WIDGET / "widget.css").read_text("utf-8")))
    assert set(names.findall((WIDGET / "nl-design-system.css").read_text("utf-8"))) <= known
    assert set(names.findall((WIDGET / "demo.css").read_text("utf-8"))) <= known
