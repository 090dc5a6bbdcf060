from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from eval import plots, table
from eval.expected import Accepted, Check
from eval.measures import MEASURES
from eval.report import reliability_points, render_html
from eval.runner import Evaluation, PairText
from eval.runs import Run

NASTY = '<script>alert("x")</script> & \'"><img src=//evil onerror=1> </style></title>'


class Reader(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def nasty(evaluation: Evaluation) -> Evaluation:
    outcomes = {
        query.id: replace(outcome, pair_ids=(NASTY,), scores=(1.0,), searched_as=NASTY)
        for query in evaluation.queries
        if (outcome := evaluation.main.run.outcomes[query.id])
    }
    judged = replace(evaluation.main.judged, right=np.zeros(len(evaluation.queries), bool))
    column = replace(evaluation.main, name=NASTY, run=Run(NASTY, outcomes), judged=judged)
    queries = tuple(
        replace(query, text=f"{query.id} {NASTY}", type=NASTY, previous=(NASTY,)) for query in evaluation.queries
    )
    return replace(
        evaluation,
        set_name=NASTY,
        model_id=NASTY,
        queries=queries,
        columns=(column,),
        pairs={NASTY: PairText(NASTY, NASTY, NASTY)},
    )


def test_texts_in_the_report_are_escaped_wherever_they_stand(evaluation: Evaluation) -> None:
    found = read(render_html(nasty(evaluation)))
    assert {"script", "img"} & set(found.tags) == set()
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    # Set, model, system, each question, and each miss with what was found.
    assert found.text.count(NASTY) > 10


def test_the_report_asks_for_nothing_from_elsewhere(evaluation: Evaluation) -> None:
    html = render_html(evaluation)
    found = read(html)
    assert {"link", "script", "iframe", "img", "object"} & set(found.tags) == set()
    assert not [name for name, _ in found.attributes if name in ("src", "href", "srcset", "action")]
    assert "default-src 'none'" in html
    assert "url(" not in html
    assert "@import" not in html


def test_the_report_shows_every_miss_with_what_was_found_and_what_is_right(evaluation: Evaluation) -> None:
    text = read(render_html(evaluation)).text
    judged = evaluation.main.judged
    missed = [query for row, query in enumerate(evaluation.queries) if judged.answerable[row] and not judged.right[row]]
    assert f"Another answer came first ({len(missed)})" in text
    for query in missed:
        assert query.text in text
        assert evaluation.qrels[query.id][0] in text


def test_the_plots_are_well_formed(evaluation: Evaluation) -> None:
    drawings = re.findall(r"<svg.*?</svg>", render_html(evaluation), re.S)
    assert len(drawings) == 3
    for drawing in drawings:
        ET.fromstring(drawing)


@pytest.mark.parametrize(
    "drawing",
    [
        plots.distributions(NASTY, {NASTY: [0.0, 1.0, -1.0, 2.0], "empty": []}, NASTY),
        plots.distributions("none", {}, "x"),
        plots.reliability(NASTY, []),
        plots.bars(NASTY, {NASTY: (0.5, None)}, (NASTY, "b")),
        plots.bars("none", {}, ("a", "b")),
    ],
)
def test_plots_of_odd_values_are_well_formed_and_escaped(drawing: str) -> None:
    root = ET.fromstring(drawing)
    assert {element.tag for element in root.iter()} <= {"svg", "title", "text", "line", "rect", "circle"}
    assert "nan" not in drawing


def test_reliability_compares_what_was_promised_with_what_was_right(evaluation: Evaluation) -> None:
    judged = replace(
        evaluation.main.judged,
        confidence=np.array([0.05, 0.05, 0.95, 0.95, 1.0, 0.0]),
        right=np.array([False, True, True, True, False, False]),
    )
    assert reliability_points(judged) == [
        (pytest.approx(0.1 / 3), pytest.approx(1 / 3), 3),
        (pytest.approx(2.9 / 3), pytest.approx(2 / 3), 3),
    ]


def test_the_table_names_every_system_and_measure(evaluation: Evaluation) -> None:
    checks = [Check(Accepted("small", "all", "kamerantwoord", "R@1", 1.0), 0.5)]
    text = table.render(evaluation, checks)
    head = text.splitlines()[3]
    assert [column.name for column in evaluation.columns] == head.split()[:4]
    for measure in MEASURES:
        assert f"\n{measure} " in text
    assert "6 questions (4 answerable, 2 not) over 3 letters, 5 answers" in text
    assert "near miss" in text
    assert "FAIL  R@1" in text
    assert "kamerantwoord eval small --split all --system kamerantwoord" in text


def test_an_evaluation_of_nothing_can_still_be_told(evaluation: Evaluation) -> None:
    nobody = np.zeros(0)
    judged = replace(
        evaluation.main.judged,
        answerable=nobody.astype(bool),
        right=nobody.astype(bool),
        confidence=nobody,
        answered=None,
        latency_ms=nobody,
        ranking={"R@1": nobody},
    )
    empty = dict.fromkeys(MEASURES)
    column = replace(evaluation.main, judged=judged, scores=empty, intervals=empty)
    told = replace(evaluation, queries=(), qrels={}, columns=(column,), p={})
    assert "0 questions" in table.render(told)
    assert "None." in render_html(told)
