"""What is shown around an answer: what it points to, and questions to go on with."""

from __future__ import annotations

from index.records import pair_id
from rag.assistant import Assistant
from rag.pages.intro import question_sentence
from rag.pages.turn import Around
from rag.results import Result

NEXT_QUESTIONS = 3

MOST_TARGETS = 3
"""«Zie de antwoorden op de vragen 2 tot en met 20» would bury the answer itself."""


def look_around(assistant: Assistant, result: Result) -> Around:
    """Find what belongs around the first hit of a result."""
    if not result.answered:
        return Around()
    best = result.hits[0]
    pointed_to = [assistant.pair(pair_id(best.letter, pair)) for pair in best.targets[:MOST_TARGETS]]
    return Around(tuple(hit for hit in pointed_to if hit is not None), tuple(_next_questions(result)))


def _next_questions(result: Result) -> list[str]:
    """Return questions of further hits, then of the same letter, that can be asked as they stand."""
    best = result.hits[0]
    others = [question for hit in result.hits[1:] for question in hit.questions]
    others += [question for pair in best.letter.pairs for question in pair.questions]
    asked = {question.text for question in best.questions}
    found = [
        sentence for question in others if question.text not in asked and (sentence := question_sentence(question.text))
    ]
    return [sentence for sentence in dict.fromkeys(found) if sentence.casefold() != result.query.casefold()][
        :NEXT_QUESTIONS
    ]
