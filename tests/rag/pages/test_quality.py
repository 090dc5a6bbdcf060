from __future__ import annotations

from pathlib import Path

from rag.pages.explanation import render_accessibility, render_explanation
from rag.pages.quality import read_scores, render_quality
from rag.pages.texts import DUTCH, ENGLISH
from rag.results import Coverage


def test_the_explanation_holds_the_scores_that_the_evaluation_accepted() -> None:
    first = round(100 * read_scores()["R@1"])
    assert f"bij {first} bovenaan" in render_explanation(DUTCH, Coverage(1, 10, None))
    assert f"first for {first} " in render_explanation(ENGLISH, Coverage(1, 10, None))


def test_without_scores_nothing_is_claimed(tmp_path: Path) -> None:
    assert read_scores(tmp_path / "none.toml") == {}
    broken = tmp_path / "broken.toml"
    broken.write_text("accepted = 3")
    assert read_scores(broken) == {}
    assert render_quality(DUTCH, {"R@1": 0.5}) is None


def test_both_pages_of_words_have_headings_and_no_marks_left_over() -> None:
    for texts in (DUTCH, ENGLISH):
        for page in (render_explanation(texts, Coverage(2, 3, "2024-01-01")), render_accessibility(texts)):
            assert page.count("<h2>") >= 3
            assert "# " not in page
