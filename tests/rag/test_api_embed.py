"""What docs/embed.md tells webmasters is what the widget does: names, policy, lines."""

from __future__ import annotations

import re

from index.settings import PREFIX, Settings
from rag.api.demo import FRAME_ATTRIBUTES
from rag.api.files import FILES, WIDGET
from rag.api.parameters import Chosen
from tests.browser.hosting import STRICT
from tests.conftest import ROOT

GUIDE = (ROOT / "docs" / "embed.md").read_text("utf-8")
CODE = (WIDGET / "widget.js").read_text("utf-8")
STYLE = (WIDGET / "widget.css").read_text("utf-8")


def section(title: str) -> str:
    """Return what stands below a heading of the guide."""
    return GUIDE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_guide_lists_every_attribute_and_no_other() -> None:
    # | `language` | `nl` or `en`; …
    listed = set(re.findall(r"^\| `([\w-]+)` \|", section("Attributes"), re.MULTILINE))
    # this.getAttribute("hits"), this.hasAttribute("share-question")
    read = set(re.findall(r'this\.(?:get|has)Attribute\("([\w-]+)"\)', CODE))
    assert listed == read | set(Chosen.model_fields) | {"theme"}
    assert set(FRAME_ATTRIBUTES) == listed - {"server", "share-question"}


def test_the_guide_lists_every_event_and_method() -> None:
    assert set(re.findall(r"^\| `(ka-\w+)` \|", section("Events and methods"), re.MULTILINE)) == set(
        re.findall(r'"(ka-\w+)"', CODE)
    )
    for method in re.findall(r"widget\.(\w+)\(", GUIDE):
        # "  clear() {", "  async ask(text) {"
        assert re.search(rf"^  (?:async )?{method}\(", CODE, re.MULTILINE), method


def test_the_guide_lists_every_variable_and_part() -> None:
    style = section("Your style")
    assert set(re.findall(r"--ka-[\w-]+", style)) == set(re.findall(r"--ka-[\w-]+", STYLE))
    parts = style.split("Parts for")[1].split("**")[0]
    assert set(re.findall(r"`([\w-]+)`", parts)) == set(re.findall(r'part: "([\w-]+)"', CODE))


def test_the_policy_of_the_guide_is_the_one_that_is_tested() -> None:
    # "    Content-Security-Policy: default-src 'none'; …"
    (policy,) = re.findall(r"^    Content-Security-Policy: (.*)$", GUIDE, re.MULTILINE)
    assert policy.replace("HOST", "{host}") == STRICT


def test_the_guide_names_only_files_and_settings_that_exist() -> None:
    # "HOST/widget/frame.js"
    served = {*FILES, "frame", "demo"}
    assert set(re.findall(r"HOST/widget/([\w.-]+\w)", GUIDE)) <= served
    for name in re.findall(rf"{PREFIX}(\w+)", GUIDE):
        assert name.lower() in Settings.model_fields


def test_links_and_pictures_of_the_guide_are_there() -> None:
    # "](api.md)", "![…](widget-light.png)"
    targets = re.findall(r"\]\((?!https?:|#)([^)]+)\)", GUIDE)
    assert targets
    for target in targets:
        assert (ROOT / "docs" / target).exists(), target
