"""What the tests share: a quiet environment, a quick encoder, letters to write, and one real index."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.archive import Archive, Generation
from index.build import build_index
from index.encoders import open_encoder
from index.encoders.base import Encoder, Progress, TokenEncoder, Vectors
from index.parsing import parse_document
from index.reading import read_document
from index.records import Answer, Kind, Letter, PageStart, Pair, Person, Question
from rag import Assistant

ROOT = Path(__file__).parent.parent
LETTERS = ROOT / "letters"

LETTER = """Hierbij bied ik u de antwoorden aan op de vragen van het lid Jansen (ABC) over {subject}.
Deze vragen werden ingezonden op 7 juni 2022 met kenmerk {number}.

De minister van Infrastructuur en Waterstaat,

A. de Vries

Antwoorden van de minister van Infrastructuur en Waterstaat op vragen van het lid Jansen (ABC)
over {subject}.

{pairs}"""

TRAINS = (
    ("Hoeveel nachttreinen rijden er naar Wenen?", "Er rijden vijf nachttreinen. Zij vertrekken uit Utrecht."),
    ("Wat kost een kaartje?", "Een kaartje kost veertig euro. Kinderen reizen gratis mee."),
)


@pytest.fixture(autouse=True)
def _isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test an empty home and current folder, and none of the settings of this machine."""
    for name in [name for name in os.environ if name.upper().startswith(("KAMERANTWOORD_", "XDG_"))]:
        monkeypatch.delenv(name)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    empty = tmp_path_factory.mktemp("here")
    monkeypatch.setenv("HOME", str(empty))
    monkeypatch.chdir(empty)


class WordsEncoder:
    """An `Encoder` without a model: texts are alike as far as they share words."""

    model_id = "words@1"
    dim = 32
    max_tokens = 60

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.array([_vector(text) for text in texts], np.float32).reshape(-1, self.dim)

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        assert all(count <= self.max_tokens for count in self.count_tokens(texts))
        if progress is not None:
            for _ in texts:
                progress(1)
        return self.encode_queries(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 2 for text in texts]


class WordTokensEncoder(WordsEncoder):
    """A `TokenEncoder` without a model: its tokens are words."""

    model_id = "word-tokens@1"
    token_dim = 32

    def encode_query_tokens(self, text: str) -> tuple[Vectors, Vectors]:
        return self.encode_queries([text]), _token_vectors(text)

    def encode_passage_tokens(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> tuple[Vectors, list[Vectors]]:
        return self.encode_passages(texts, progress=progress), [_token_vectors(text) for text in texts]


def _words(text: str) -> list[str]:
    return "".join(c.casefold() if c.isalnum() else " " for c in text).split() or [""]


def _token_vectors(text: str) -> Vectors:
    vectors = np.array([_word_vector(word) for word in _words(text)])
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _vector(text: str) -> Vectors:
    total = np.sum([_word_vector(word) for word in _words(text)], axis=0)
    return np.asarray(total / np.linalg.norm(total), np.float32)


@cache
def _word_vector(word: str) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).normal(size=WordsEncoder.dim).astype(np.float32)


@pytest.fixture(scope="session")
def words_encoder() -> Encoder:
    return WordsEncoder()


@pytest.fixture(scope="session")
def word_tokens_encoder() -> TokenEncoder:
    return WordTokensEncoder()


@pytest.fixture(scope="session")
def write_letter() -> Callable[..., Path]:
    """Return a function that writes a letter as a text file."""

    def write(
        path: Path,
        pairs: Sequence[tuple[str, str]] = TRAINS,
        *,
        number: str = "2024Z00001",
        subject: str = "nachttreinen",
    ) -> Path:
        parts = [f"Vraag {n}\n{asked}\n\nAntwoord\n{said}\n" for n, (asked, said) in enumerate(pairs, start=1)]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(LETTER.format(number=number, subject=subject, pairs="\n".join(parts)), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def make_letter() -> Callable[..., Letter]:
    """Return a function that makes the record of a letter, one page a pair."""

    def make(
        pairs: Sequence[tuple[Sequence[str] | str, str]] = TRAINS,
        *,
        reference: str | None = "2024Z00001",
        subject: str = "nachttreinen",
        source: str = "brief.pdf",
        **others: object,
    ) -> Letter:
        made, number = [], 0
        for page, (asked, said) in enumerate(pairs, start=1):
            start = (PageStart(0, page),)
            questions = []
            for text in [asked] if isinstance(asked, str) else asked:
                number += 1
                questions.append(Question(text, start, number=number))
            made.append(Pair(tuple(questions), Answer(said, start if said else ())))
        fields: dict[str, object] = {
            "kind": Kind.BRIEF,
            "publication": None,
            "other_references": (),
            "askers": (Person("Jansen", "ABC"),),
            "answered_by": ("De Vries (Infrastructuur en Waterstaat)",),
            "date_asked": "2022-06-07",
            "date_answered": "2022-06-28",
            "sha256": hashlib.sha256(repr(pairs).encode()).hexdigest(),
        }
        return Letter(
            source=source,
            reference=reference,
            subject=subject,
            pairs=tuple(made),
            **(fields | others),  # type: ignore[arg-type]
        )

    return make


@pytest.fixture(scope="session")
def kamerantwoord() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs the command line in a process of its own."""

    def run(*arguments: str | Path, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rag.cli", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=120,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
                **environment,
            },
        )

    return run


@pytest.fixture(scope="session")
def bundled_encoder() -> Encoder:
    return open_encoder()


@pytest.fixture(scope="session")
def bundled_letter() -> Letter:
    """Give the letter that ships, as read from its PDF."""
    return parse_document(read_document(LETTERS / "2022Z11285.pdf"))


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory, bundled_encoder: Encoder) -> Path:
    """Give the folder of an index over the letter that ships, made by the bundled model; not to be changed."""
    folder = tmp_path_factory.mktemp("real") / "index"
    build_index([LETTERS], folder, bundled_encoder)
    return folder


@pytest.fixture(scope="session")
def assistant(real_index: Path, bundled_encoder: Encoder) -> Assistant:
    return Assistant(Archive(real_index).open(), bundled_encoder)


@pytest.fixture(scope="session")
def small_index(
    tmp_path_factory: pytest.TempPathFactory, words_encoder: Encoder, write_letter: Callable[..., Path]
) -> Path:
    """Give the folder of an index over three short letters, made by the quick encoder; not to be changed."""
    letters = tmp_path_factory.mktemp("small") / "letters"
    write_letter(letters / "treinen.txt")
    write_letter(
        letters / "wolven.txt",
        [
            ("Hoeveel wolven leven er op de Veluwe?", "Op de Veluwe leven zeventig wolven."),
            ("Bent u bereid een wolvenhek te vergoeden?", "Ja."),
        ],
        number="2024Z00002",
        subject="wolven op de Veluwe",
    )
    write_letter(
        letters / "huizen.txt",
        [("Hoeveel huizen staan er leeg in Groningen?", "Er staan 900 huizen leeg.\n\nEr komen er 100 bij.")],
        number="2024Z00003",
        subject="leegstand in Groningen",
    )
    build_index([letters], letters.parent / "index", words_encoder)
    return letters.parent / "index"


@pytest.fixture(scope="session")
def small_generation(small_index: Path) -> Generation:
    return Archive(small_index).open()


# The JSON of `ask`, as the design has it: every key, and of what kind; None where it may be null.
SENTENCE_PART = {"start": int, "end": int}
RESULT: dict[str, Any] = {
    "query": str,
    "searched_as": str,
    "answered": bool,
    "confidence": float,
    "corpus": {"letters": int, "answers": int, "newest": (str, None)},
    "hits": [
        {
            "id": str,
            "source": str,
            "reference": (str, None),
            "questions": [{"number": int, "text": str}],
            "answer": {
                "text": str,
                "page_numbers": [int],
                "footnotes": [{"marker": str, "offset": int, "text": (str, None), "links": [str]}],
                "points_to": [str],
            },
            "highlight": SENTENCE_PART,
            "joint": bool,
            "citation": {"official": str, "plain": str, "bibtex": str, "ris": str},
            "links": {"letter": (str, None), "question": (str, None), "permalink": str},
            "score": float,
            "match": str,
        }
    ],
}


def check_shape(value: Any, shape: Any, where: str) -> None:
    """Hold a value against a shape; keys beside those of the shape are additions, and allowed."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), where
        for key, part in shape.items():
            assert key in value, f"{where} has no {key!r}"
            check_shape(value[key], part, f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), where
        for place, item in enumerate(value):
            check_shape(item, shape[0], f"{where}[{place}]")
    elif isinstance(shape, tuple):
        assert value is None or type(value) is shape[0], f"{where} is {value!r}"
    else:
        assert type(value) is shape, f"{where} is {value!r}"


def check_result(result: dict[str, Any]) -> None:
    """Hold the JSON of `ask` against the contract: its shape, and what its numbers promise."""
    check_shape(result, RESULT, "result")
    assert 0 <= result["confidence"] <= 1
    scores = [hit["score"] for hit in result["hits"]]
    assert scores == sorted(scores, reverse=True)
    for hit in result["hits"]:
        text, mark = hit["answer"]["text"], hit["highlight"]
        assert 0 <= mark["start"] <= mark["end"] <= len(text)
        assert text[mark["start"] : mark["end"]].strip() == text[mark["start"] : mark["end"]]
        assert all(0 <= note["offset"] <= len(text) for note in hit["answer"]["footnotes"])
        assert hit["answer"]["page_numbers"] == sorted({page for page in hit["answer"]["page_numbers"] if page >= 1})
        assert hit["questions"]
        assert hit["joint"] is (len(hit["questions"]) > 1)
        assert hit["match"] in ("letterlijk", "verwant", "zwak")
        assert result["answered"] or hit["match"] == "zwak"
        assert hit["links"]["permalink"].startswith("/brief/")
    assert not result["answered"] or result["hits"][0]["match"] != "zwak"


@pytest.fixture(scope="session")
def check_contract() -> Callable[[dict[str, Any]], None]:
    """Return a function that holds the JSON of one result against the contract."""
    return check_result
