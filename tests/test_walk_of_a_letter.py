"""One letter, from its PDF to a cited answer: every stage by itself, in the order of the design.

Read it from top to bottom to see what each stage is given and what it gives.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from index.archive import Archive
from index.encoders.base import Encoder
from index.parsing import parse_document
from index.passages import cut_letter
from index.reading import read_document
from index.records import Kind, View
from index.serialise import letter_to_contract
from index.stores.faiss import FaissStore
from index.verify import verify_index
from rag import Answered, Assistant
from rag.citation import cite

LETTER = Path(__file__).parent.parent / "letters" / "2022Z11285.pdf"


def test_the_walk_of_a_letter(
    real_index: Path, bundled_encoder: Encoder, check_contract: Callable[[dict[str, Any]], None]
) -> None:
    # 1. Read. A file becomes pages of lines, each with the size and the place of its characters. Nothing
    #    is understood yet: a footnote is only a line in small type near the bottom of a page.
    document = read_document(LETTER)
    assert (document.source, document.format, document.warnings) == ("2022Z11285.pdf", "pdf", ())
    lines = [line for page in document.pages for line in page.lines]
    heading = next(line for line in lines if line.text.strip() == "Vraag 4")
    footnote = next(line for line in lines if "https://www.scmp.com/" in line.text)
    assert footnote.font_size < heading.font_size

    # 2. Parse. Lines become a letter: who asked what, who answered when, and each question with its answer.
    letter = parse_document(document)
    assert (letter.kind, letter.reference, letter.letter_id) == (Kind.BRIEF, "2022Z11285", "2022Z11285")
    assert [(asker.name, asker.party) for asker in letter.askers] == [
        ("Ceder", "ChristenUnie"),
        ("Van der Staaij", "SGP"),
    ]
    assert letter.answered_by == ("Hoekstra (Buitenlandse Zaken)",)
    assert letter.date_asked == "2022-06-07"
    assert [pair.numbers for pair in letter.pairs] == [(number,) for number in range(1, 11)]

    #    A question or answer is the letter's own text. What stood between its words, page furniture and
    #    footnotes, is taken out; a footnote's mark is kept beside the text, with the place where it stood.
    second = letter.pairs[1].answer
    [mark] = second.marks
    assert (mark.marker, second.text[: mark.offset].endswith("Recente berichtgeving")) == ("1", True)
    assert letter.footnotes[0].text.startswith("https://www.scmp.com/")
    assert letter.footnotes[0].referred_in == "answer 2"
    #    The notes that the questions refer to are not in the letter. That is said, not guessed.
    assert letter.unresolved == ("[1]", "[2]", "[3]", "[4]", "[5]")

    #    Answer 3 begins on one page and ends on the next; every character knows its page.
    third = letter.pairs[2].answer
    first_page, last_page = third.page_numbers
    assert (third.page_at(0), third.page_at(len(third.text) - 1)) == (first_page, last_page)
    assert letter_to_contract(letter)["pairs"][2]["answer"]["page_numbers"] == [first_page, last_page]

    # 3. Cut. The unit of an answer is the pair; to find it, several views on it are searched.
    passages = cut_letter(letter, bundled_encoder.count_tokens, bundled_encoder.max_tokens)
    fourth = [passage for passage in passages if passage.pair_id == "2022Z11285/vraag-4"]
    assert [passage.view for passage in fourth[:2]] == [View.QUESTION, View.BOTH]
    assert {passage.view for passage in fourth[2:]} == {View.WINDOW}
    answer = letter.pairs[3].answer.text
    assert fourth[2].text.endswith(answer[fourth[2].start_char : fourth[2].end_char])

    # 4. Encode. Every passage becomes a unit vector; texts that mean the same lie near each other.
    vectors = bundled_encoder.encode_passages([passage.text for passage in fourth])
    assert vectors.shape == (len(fourth), bundled_encoder.dim)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    # 5. Keep. A store finds the nearest vectors; the archive keeps all parts of an index together.
    store = FaissStore(bundled_encoder.dim)
    store.add(np.arange(len(fourth)), vectors)
    nearest, _ = store.search(bundled_encoder.encode_queries(["individuele kredietscore bij bedrijven"]), 1)
    assert "kredietscore" in fourth[int(nearest[0, 0])].text

    #    `build_index` did stages 1 to 5 for the whole folder of letters, and switched to the new index in one step.
    generation = Archive(real_index).open()
    assert generation.manifest.counts == {"letters": 1, "pairs": 10, "passages": len(passages)}
    assert generation.catalogue.letter("2022Z11285") == letter

    #    Every answer is held against its source again, word for word.
    assert [check.problem for check in verify_index(real_index)] == [None] * 10

    # 6-8. Ask. The question is searched by meaning and by words, the rankings become one, and a calibrated
    #      probability decides whether the first hit answers it.
    assistant = Assistant(generation, bundled_encoder)
    result = assistant.ask("Hoe werkt het sociaal kredietsysteem in China?")
    assert isinstance(result, Answered)
    hit = result.hits[0]
    assert hit.id == "2022Z11285/vraag-4"
    assert hit.answer.text == answer
    assert answer[hit.highlight.start : hit.highlight.end] == (
        "Op dit moment is er (nog) geen sprake van één centraal sociaal kredietsysteem in China."
    )

    # 9. Cite. The answer comes with its source, in the forms that people paste.
    assert hit.citation == cite(letter, letter.pairs[3])
    assert hit.citation.official.startswith("Brief van de minister van Buitenlandse Zaken, ")
    assert hit.citation.official.endswith(f"antwoord op vraag 4, p. {letter.pairs[3].answer.page_numbers[0]}")
    assert hit.links.question == "https://zoek.officielebekendmakingen.nl/kv-tk-2022Z11285.html"

    #    Command line, web app, API and widget all return this one JSON.
    check_contract(json.loads(json.dumps(result.as_json())))

    #    And what the letter does not answer is not answered.
    assert not assistant.ask("Hoeveel nachttreinen rijden er naar Wenen?").answered
