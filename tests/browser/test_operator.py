"""What whoever runs the server relies on: a newer index is taken up, filters work, and a stop is clean."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.harness import LETTER, Server, Visit, run, start, stop

pytestmark = pytest.mark.browser

ATTACK = "<img src=x onerror=alert(1)><script>alert(1)</script> ![x](https://example.com/x.png) **vet** <b>dik</b>"


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory, write_letter: Callable[..., Path]) -> Path:
    folder = tmp_path_factory.mktemp("operator") / "letters"
    write_letter(folder / "treinen.txt")
    pairs = [("Hoeveel wolven leven er op de Veluwe?", "Op de Veluwe leven zeventig wolven."), ("Klopt het?", "Ja.")]
    write_letter(folder / "wolven.txt", pairs, number="2024Z00002", subject="wolven op de Veluwe")
    hostile = [(f"Hoeveel aanvallen staan er in deze brief? {ATTACK}", f"Er staan drie aanvallen in. {ATTACK}")]
    write_letter(folder / "aanval.txt", hostile, number="2024Z00003", subject=f"aanvallen {ATTACK}")
    return folder


@pytest.fixture(scope="module")
def shared(letters: Path) -> Iterator[Server]:
    index = letters.parent / "index"
    run("build", letters, LETTER, "--index", index)
    server = start(index)
    yield server
    assert stop(server) in (0, 130)


def test_filters_narrow_the_search_and_say_so(visit: Visit, shared: Server) -> None:
    visitor = visit("/?q=Hoeveel+wolven+leven+er+op+de+Veluwe%3F", at=shared)
    page = visitor.page
    expect(page.locator(".kw-woorden").first).to_contain_text("zeventig wolven")
    page.get_by_text("Filters", exact=True).click()
    party = page.get_by_label("Partij")
    assert "ChristenUnie (1)" in party.inner_text()
    party.select_option("ChristenUnie")
    page.get_by_role("button", name="Toepassen").click()
    page.wait_for_url("**partij=ChristenUnie*")
    page.wait_for_selector(".kw-beurt")
    expect(page.locator(".kw-geen")).to_be_visible()
    expect(page.locator(".kw-keus")).to_have_text("partij ChristenUnie")
    assert "zeventig wolven" not in page.locator(".kw-beurt").inner_text()
    visitor.keep("filters")
    visitor.ask("Hoe werkt het sociaal kredietsysteem in China?")
    page.wait_for_url("**partij=ChristenUnie*")
    page.get_by_role("link", name="Zoek in alle brieven").last.click()
    page.wait_for_function("() => !location.search.includes('partij')")


def test_a_letter_whose_text_is_an_attack_is_only_shown(visit: Visit, shared: Server) -> None:
    visitor = visit("/?q=Hoeveel+aanvallen+staan+er+in+deze+brief%3F", at=shared)
    dialogs: list[str] = []
    visitor.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for path in ("", "/brief/2024Z00003/vraag-1", "/brief/2024Z00003", "/zoek?q=Hoeveel+aanvallen%3F"):
        if path:
            visitor.go(path)
        words = visitor.page.locator(".kw-woorden").first
        assert "<script>alert(1)</script>" in words.inner_text()
        assert words.locator("script, b, img").count() == 0
    assert dialogs == []


def test_a_text_letter_is_shown_as_text_with_the_answer_outlined(visit: Visit, shared: Server) -> None:
    page = visit("/brief/2024Z00002/vraag-1", at=shared).page
    expect(page.locator(".kw-tekstblad .kw-omlijnd")).to_have_text("Op de Veluwe leven zeventig wolven.")
    expect(page.locator(".kw-tekstblad")).to_contain_text("Vraag 2 Klopt het?")
    assert visit("/brief/2024Z00002/vraag-1", at=shared).violations() == []


def test_two_tabs_do_not_mix_their_conversations(visit: Visit, shared: Server) -> None:
    first, second = visit("/", at=shared), visit("/", at=shared)
    first.ask("Hoeveel wolven leven er op de Veluwe?")
    second.ask("Hoeveel nachttreinen rijden er naar Wenen?")
    first.ask("Hoe werkt het sociaal kredietsysteem in China?")
    assert first.page.locator(".kw-beurt").count() == 2
    assert second.page.locator(".kw-beurt").count() == 1
    expect(second.page.locator(".kw-woorden").first).to_contain_text("vijf nachttreinen")


def test_a_newer_index_is_taken_up_without_a_restart(
    visit: Visit, tmp_path: Path, write_letter: Callable[..., Path]
) -> None:
    index, folder = tmp_path / "index", tmp_path / "letters"
    write_letter(folder / "treinen.txt")
    run("build", folder, "--index", index)
    server = start(index)
    try:
        visitor = visit("/", at=server)
        pairs = [("Hoeveel wolven leven er op de Veluwe?", "Op de Veluwe leven zeventig wolven.")]
        write_letter(folder / "wolven.txt", pairs, number="2024Z00002", subject="wolven")
        run("build", folder, "--index", index)
        deadline = time.monotonic() + 20
        while "2 brieven" not in visitor.page.request.get(server.url).text():
            assert time.monotonic() < deadline, "the newer index was not taken up"
            time.sleep(0.5)
        visitor.ask("Hoeveel wolven leven er op de Veluwe?")
        expect(visitor.page.locator(".kw-woorden").first).to_contain_text("zeventig wolven")
    finally:
        assert stop(server) in (0, 130)
