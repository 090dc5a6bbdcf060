"""What a visitor finds before the first question: what this is, and questions to start from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.passages import split_sentences
from index.records import Letter
from rag.pages.address import Address
from rag.pages.markup import Html, element
from rag.pages.texts import Texts

EXAMPLES = 4

LETTERS_LOOKED_AT = 200
"""Enough letters to find examples in; an index may hold many thousands."""

LEAST_CHARS, MOST_CHARS = 30, 120

CONTEXT_WORDS = frozenset(
    {"u", "uw", "uzelf", "dit", "deze", "die", "dat", "hier", "hierop", "hiervan", "daar", "daarvan", "zij", "hij"}
    | {"ze", "hun", "zo", "ook", "dan", "bovenstaande", "genoemde", "bericht", "artikel", "vraag", "antwoord"}
)
"""A question with one of these is only understood in its letter."""


def render_intro(texts: Texts, coverage: Html) -> Html:
    """Draw the introduction."""
    return element(
        "section",
        element("h1", texts.tagline, id="kw-titel"),
        element("p", texts.intro),
        element("p", coverage, class_="kw-dekking"),
        class_="kw-inleiding",
        aria_labelledby="kw-titel",
    )


def render_examples(texts: Texts, examples: Sequence[str]) -> Html | None:
    """Draw questions that can be asked with one click."""
    links = [
        element("li", element("a", question, href=example_address(question, texts), class_="kw-stel", lang="nl"))
        for question in examples
    ]
    if not links:
        return None
    heading = element("h2", texts.examples, id="kw-voorbeelden")
    return element("section", heading, element("ul", links), class_="kw-voorbeelden", aria_labelledby="kw-voorbeelden")


def example_address(question: str, texts: Texts) -> str:
    """Return the address at which a question is asked."""
    return f"{texts.prefix}/{Address().start(question).query()}"


def pick_examples(letters: Iterable[Letter], count: int = EXAMPLES) -> list[str]:
    """Return questions that are understood on their own, of different letters where there are enough.

    Parameters
    ----------
    letters : iterable of Letter
    count : int
    """
    by_letter = []
    for letter in letters:
        found = [
            sentence
            for pair in letter.pairs
            for question in pair.questions
            if (sentence := question_sentence(question.text))
        ]
        by_letter.append(sorted(dict.fromkeys(found), key=lambda text: (len(text), text)))
    rounds = (questions[place] for place in range(count) for questions in by_letter if place < len(questions))
    return [question for question, _ in zip(dict.fromkeys(rounds), range(count), strict=False)]


def question_sentence(text: str) -> str | None:
    """Return the first sentence of a question that is short and understood on its own."""
    for sentence in split_sentences(text):
        words = " ".join(text[sentence.start : sentence.end].split())
        if words.endswith("?") and LEAST_CHARS <= len(words) <= MOST_CHARS and _stands_alone(words):
            return words
    return None


def _stands_alone(sentence: str) -> bool:
    words = {word.strip("?,.;:()«»\"'“”‘’").casefold() for word in sentence.split()}
    return sentence[0].isupper() and not words & CONTEXT_WORDS
