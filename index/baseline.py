"""5 keep: what a model makes of texts that have nothing to do with a question.

Models differ, and one model differs from question to question, in how alike they find
what is unrelated. Only what stands out from that says something.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.encoders.base import Encoder, Vectors
from index.errors import IndexMismatchError

QUESTIONS = (
    "Hoeveel leraren komt het basisonderwijs dit jaar tekort?",
    "Wanneer wordt de dijk bij Nijmegen versterkt?",
    "Welke sancties gelden er tegen Wit-Rusland?",
    "Waarom stijgen de premies van de zorgverzekering?",
    "Bent u bereid het verbod op plofkippen te vervroegen?",
    "Hoe lang duurt een aanvraag voor een paspoort in het buitenland?",
    "Klopt het dat de belastingtelefoon slecht bereikbaar is?",
    "Wat kost de bewaking van leden van het Koninklijk Huis?",
)

ANSWERS = (
    "De Inspectie Gezondheidszorg en Jeugd ziet toe op de naleving van de wet en kan zo nodig een boete opleggen.",
    "Het Rijk stelt in 2024 een bedrag van 25 miljoen euro beschikbaar aan gemeenten voor de opvang van vluchtelingen.",
    "Nee. Het is aan de werkgever en de werknemer om hierover afspraken te maken in de cao.",
    "De Europese Commissie heeft een richtlijn voorgesteld; het kabinet stuurt uw Kamer hierover een fiche.",
    "ProRail onderzoekt de oorzaak van de storing en neemt maatregelen om herhaling te voorkomen.",
    "Boeren die willen stoppen, kunnen gebruikmaken van een vrijwillige regeling die tot december is opengesteld.",
    "De politie registreert deze gegevens niet afzonderlijk, zodat ik u geen cijfers kan geven.",
    "Nederland veroordeelt dit geweld en heeft de ambassadeur gevraagd zijn zorgen over te brengen.",
)


@dataclass(frozen=True, slots=True)
class Baseline:
    """Unrelated texts, as one model sees them.

    Attributes
    ----------
    questions, answers : ndarray, shape (dim,), float32
        Mean vectors: the inner product of a vector with one of them is its mean inner product with
        those texts.
    zero : float
        Median inner product of two unrelated questions.
    """

    questions: Vectors
    answers: Vectors
    zero: float

    @classmethod
    def measure(cls, encoder: Encoder) -> Baseline:
        """Encode the unrelated texts."""
        vectors = encoder.encode_passages([*QUESTIONS, *ANSWERS])
        questions, answers = vectors[: len(QUESTIONS)], vectors[len(QUESTIONS) :]
        products = (questions @ questions.T)[np.triu_indices(len(QUESTIONS), 1)]
        return cls(questions.mean(axis=0), answers.mean(axis=0), float(np.median(products)))

    def save(self, path: Path) -> None:
        """Write one NumPy file of shape (3, dim): questions, answers, and `zero` repeated."""
        rows = (self.questions, self.answers, np.full_like(self.questions, self.zero))
        np.save(path, np.stack(rows), allow_pickle=False)

    @classmethod
    def open(cls, path: Path) -> Baseline:
        """Read what `save` wrote.

        Raises
        ------
        IndexMismatchError
            When the file is missing or damaged.
        """
        try:
            questions, answers, zero = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError) as exc:
            raise IndexMismatchError(f"{path}: not a readable baseline; build the index again") from exc
        return cls(questions, answers, float(zero[0]))
