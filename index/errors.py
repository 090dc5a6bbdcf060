"""Every error that Kamerantwoord raises on purpose, in one tree.

KamerantwoordError                something a user can act on
├── SourceError                   a file cannot be read as a letter
│   └── LimitError                ... because reading it costs more than is allowed
├── ParseError                    a readable file holds no questions and answers
├── ConfigError                   a setting is unknown or out of bounds
├── QueryError                    a question that cannot be searched (empty, too long)
├── IndexNotFoundError            no index stands where one was expected
├── IndexMismatchError            the index was made by another model or format
├── EncoderError                  a model cannot be loaded, or refuses a text
└── MissingExtraError             an optional library is not installed
"""

from __future__ import annotations


class KamerantwoordError(Exception):
    """Root of the tree: a message for a user and the exit code of the command line.

    Parameters
    ----------
    message : str
        One line: what was found, what was expected, where, and what to do next.

    Attributes
    ----------
    exit_code : int
        What the command line returns; 1 for every error of ours (2 is wrong usage).
    """

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = " ".join(message.split())

    def __str__(self) -> str:
        return self.message


class SourceError(KamerantwoordError):
    """A file cannot be read as a letter: missing, encrypted, damaged, without text."""


class LimitError(SourceError):
    """Reading a file takes more time, memory or text than the settings allow."""


class ParseError(KamerantwoordError):
    """A readable file in which no parliamentary question with an answer is found."""


class ConfigError(KamerantwoordError):
    """A setting is unknown, out of bounds, or the settings file cannot be read."""


class QueryError(KamerantwoordError):
    """A question that cannot be searched: empty, or longer than the limit."""


class IndexNotFoundError(KamerantwoordError):
    """No index stands at the given folder."""


class IndexMismatchError(KamerantwoordError):
    """An index that this version, or this model, must not search."""


class EncoderError(KamerantwoordError):
    """A model that cannot be loaded, or a text that it cannot encode."""


class MissingExtraError(KamerantwoordError):
    """A library of an optional extra is needed and not installed."""

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(f"{library} is not installed; install it with: pip install 'kamerantwoord[{extra}]'")
