"""Stages 1-5 over many letters; says what was done, skipped and why."""

from __future__ import annotations

import hashlib
import logging
import shutil
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from index.archive import Archive, Generation, LetterEntry, Manifest
from index.baseline import Baseline
from index.catalogue import Catalogue, Rows
from index.encoders.base import Encoder, Vectors, gives_tokens
from index.errors import KamerantwoordError, SourceError
from index.lexical import Field, LexicalIndex
from index.parsing.batch import parse_many
from index.passages import WINDOW_SENTENCES, cut_letter
from index.reading.guard import Limits
from index.records import Letter, Pair, Passage, View
from index.serialise import FORMAT as RECORD_FORMAT
from index.similar import NEARLY_THE_SAME, find_similar
from index.sources import Sources, find_sources, pdf_first
from index.stores.faiss import FaissStore
from index.stores.tokens import Int8s, TokenStore, to_int8

logger = logging.getLogger(__name__)

SLICE = 256
"""Pairs whose tokens are encoded before they are made small."""

Reporter = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done and how much there is."""


@dataclass(slots=True)
class BuildReport:
    """What a build did, file by file.

    Attributes
    ----------
    added, unchanged, removed : list of Path
        Files whose letter was read anew, left as it was, taken out.
    same : dict of Path to Path
        Files that hold the same letter as another, which is the one that is kept.
    failed : dict of Path to str
        Files that could not be read, with the reason; an earlier letter of such a file is kept.
    skipped : list of Path
        Files of a folder that are no PDF, DOCX or TXT.
    warnings : dict of Path to tuple of str
        What a careful reader would want to check in a letter.
    letters, pairs, passages : int
        What the index holds now.
    """

    added: list[Path] = field(default_factory=list)
    unchanged: list[Path] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)
    same: dict[Path, Path] = field(default_factory=dict)
    failed: dict[Path, str] = field(default_factory=dict)
    skipped: list[Path] = field(default_factory=list)
    warnings: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    letters: int = 0
    pairs: int = 0
    passages: int = 0


def build_index(
    places: Sequence[Path],
    folder: Path,
    encoder: Encoder,
    *,
    limits: Limits | None = None,
    report_progress: Reporter | None = None,
) -> BuildReport:
    """Bring the index in line with the letters in `places`.

    Letters whose file is unchanged are not read again; letters whose file is gone go. A
    file that cannot be read is reported and loses nothing. When nothing changed, nothing is written.

    Parameters
    ----------
    places : sequence of Path
        Files and folders; they are all that the index holds afterwards.
    folder : Path
        Of the index.
    encoder : Encoder
        The model; another one than before encodes everything anew.
    limits : Limits, optional
        What reading one file may cost.
    report_progress : callable, optional
        Told how far the stages ``"read"`` and ``"encode"`` are.

    Returns
    -------
    BuildReport

    Raises
    ------
    SourceError
        When no file could be read at all, with a note for each; the serving index is left untouched.
    """
    sources = find_sources(places)
    archive = Archive(folder)
    with archive.build() as draft:
        before = _usable_manifest(archive, draft, encoder)
        build = _Build(draft, encoder, before, report_progress or (lambda stage, done, total: None))
        build.run(sources, limits or Limits())
    return build.report


def _usable_manifest(archive: Archive, draft: Path, encoder: Encoder) -> Manifest | None:
    """Return the serving manifest when its work can be kept, else empty the draft."""
    serving = archive.current
    if serving is not None:
        try:
            # Opened whole: work can only go on from what can be read, a damaged index is made anew.
            generation = Generation(serving)
            generation.close()
            made_with = generation.manifest
            before = (made_with.model_id, made_with.token_dim, made_with.settings)
            if before == (encoder.model_id, _token_dim(encoder), _settings()):
                return made_with
        except KamerantwoordError as exc:
            logger.warning("building anew: %s", exc)
    shutil.rmtree(draft)
    draft.mkdir()
    return None


def _token_dim(encoder: Encoder) -> int:
    return encoder.token_dim if gives_tokens(encoder) else 0


def _settings() -> dict[str, object]:
    """Return what changes the outcome of a build beside the letters and the model."""
    return {
        "program": version("kamerantwoord"),
        "record": RECORD_FORMAT,
        "window_sentences": WINDOW_SENTENCES,
        "nearly_the_same": NEARLY_THE_SAME,
    }


class _Build:
    """One build in its draft folder: what was kept before, what changes, what is written."""

    def __init__(self, draft: Path, encoder: Encoder, before: Manifest | None, progress: Reporter) -> None:
        self.draft, self.encoder, self.progress = draft, encoder, progress
        self.before = dict(before.letters) if before else {}
        self.counts = dict(before.counts) if before else {}
        self.entries: dict[str, LetterEntry] = {}
        self.report = BuildReport()

    def run(self, sources: Sources, limits: Limits) -> None:
        self.report.failed.update(sources.closed)
        self.report.skipped = list(sources.skipped)
        fresh = self._read(self._unknown(sources), limits)
        added = self._choose(fresh)
        if not self.entries and (self.report.failed or not self.before):
            raise _nothing_read(self.report.failed, sources)
        if added or self.entries != self.before:
            self._write(added)
        # Else there is nothing to write: who has the index open keeps it, with all that it has kept ready.
        self.report.letters, self.report.pairs, self.report.passages = (
            self.counts[name] for name in ("letters", "pairs", "passages")
        )

    def _unknown(self, sources: Sources) -> list[Path]:
        """Keep the entries of unchanged files; return the files that must be read."""
        hashes = {str(path): fingerprint(path) for path in sources.letters}
        # What stands in a folder that cannot be looked into is not gone.
        unseen = {name for name in self.before if any(closed in Path(name).parents for closed in sources.closed)}
        hashes.update({name: self.before[name].sha256 for name in unseen})
        kept = {name: entry for name, entry in self.before.items() if hashes.get(name) == entry.sha256}
        # A twin that was left out is read again when the file that stood for it is gone.
        self.entries = {name: entry for name, entry in kept.items() if entry.same_as is None or entry.same_as in kept}
        self.report.unchanged = [Path(name) for name, entry in self.entries.items() if entry.same_as is None]
        self.report.removed = [Path(name) for name in self.before if name not in hashes]
        return [path for path in sources.letters if str(path) not in self.entries]

    def _read(self, paths: Sequence[Path], limits: Limits) -> dict[str, Letter]:
        """Read and parse; a file that fails keeps what it gave to an earlier build."""
        letters: dict[str, Letter] = {}
        for done, (path, result) in enumerate(parse_many(paths, limits), start=1):
            self.progress("read", done, len(paths))
            if isinstance(result, Letter):
                letters[str(path)] = result
                continue
            self.report.failed[path] = str(result)
            earlier = self.before.get(str(path))
            # One that another file stood for gave nothing of its own, and stays with that file only.
            if earlier is not None and (earlier.same_as is None or earlier.same_as in self.entries):
                self.entries[str(path)] = earlier
        # In the order of the files, not in that of the workers.
        return {str(path): letters[str(path)] for path in paths if str(path) in letters}

    def _choose(self, fresh: Mapping[str, Letter]) -> dict[str, Letter]:
        """Settle which file stands for a letter that two files hold, and the ids of all."""
        for name, letter in fresh.items():
            self.entries[name] = LetterEntry(letter.sha256, content_key(letter), letter.letter_id, len(letter.pairs))
        holders: dict[str, str] = {}
        for name in sorted(self.entries, key=lambda name: pdf_first(Path(name))):
            entry = self.entries[name]
            holder = holders.setdefault(entry.content, name)
            self.entries[name] = replace(entry, same_as=None if holder == name else holder)
            if holder != name:
                self.report.same[Path(name)] = Path(holder)
        added = {name: letter for name, letter in fresh.items() if self.entries[name].same_as is None}
        taken = {entry.letter_id for name, entry in self._kept().items() if name not in added}
        return {name: self._distinct(name, letter, taken) for name, letter in added.items()}

    def _kept(self) -> dict[str, LetterEntry]:
        return {name: entry for name, entry in self.entries.items() if entry.same_as is None}

    def _distinct(self, name: str, letter: Letter, taken: set[str]) -> Letter:
        """Tell a letter apart from another of the same number with other answers."""
        if letter.letter_id in taken:
            warning = f"another letter has the number {letter.letter_id} and other words; both are kept"
            letter = replace(letter, warnings=(*letter.warnings, warning))
            letter = replace(letter, edition=letter.sha256[:6])
            self.entries[name] = replace(self.entries[name], letter_id=letter.letter_id)
        taken.add(letter.letter_id)
        return letter

    def _write(self, added: Mapping[str, Letter]) -> None:
        passages = [cut_letter(letter, self.encoder.count_tokens, self.encoder.max_tokens) for letter in added.values()]
        vectors, tokens = self._encode([passage for cut in passages for passage in cut])
        (self.draft / "words").mkdir(exist_ok=True)
        with Catalogue(self.draft / "catalogue.sqlite", writable=True) as catalogue:
            gone = [name for name in catalogue.paths().values() if name in added or name not in self._kept()]
            gone_pairs, gone_passages = _sum_rows(catalogue.remove_letter(name) for name in gone)
            rows = [
                catalogue.add_letter(letter, name, cut)
                for (name, letter), cut in zip(added.items(), passages, strict=True)
            ]
            documents = [
                (row, _word_fields(letter, pair))
                for letter, (pair_rows, _) in zip(added.values(), rows, strict=True)
                for row, pair in zip(pair_rows, letter.pairs, strict=True)
            ]
            LexicalIndex(self.draft / "words").change(remove=gone_pairs, add=documents)
            pair_rows, passage_rows = (np.array(each, np.int64) for each in _sum_rows(rows))
            if tokens is not None:
                self._write_tokens(gone_pairs, pair_rows, tokens)
            store = self._write_vectors(gone_passages, passage_rows, vectors)
            table, letters = catalogue.passage_table(), catalogue.letter_of_pairs()
            zero = self._baseline().zero
            catalogue.add_similar(find_similar(passage_rows, vectors, table, letters, store, zero))
            self._finish(catalogue, added)

    def _encode(self, passages: Sequence[Passage]) -> tuple[Vectors, list[Int8s] | None]:
        """Return a vector per passage, and the vectors of the tokens per pair when the model gives them."""
        texts = [passage.text for passage in passages]
        done = 0

        def progress(finished: int) -> None:
            nonlocal done
            done += finished
            self.progress("encode", done, len(texts))

        if not gives_tokens(self.encoder):
            return self.encoder.encode_passages(texts, progress=progress), None
        vectors = np.empty((len(texts), self.encoder.dim), np.float32)
        tokens: list[Int8s] = []
        whole = _fullest(passages)
        rest = np.setdiff1d(np.arange(len(texts)), whole)
        vectors[rest] = self.encoder.encode_passages([texts[place] for place in rest], progress=progress)
        # In slices: as floats, the tokens of a whole archive take four times the memory.
        for start in range(0, len(whole), SLICE):
            places = whole[start : start + SLICE]
            chosen = [texts[place] for place in places]
            vectors[places], own = self.encoder.encode_passage_tokens(chosen, progress=progress)
            tokens += map(to_int8, own)
        return vectors, tokens

    def _write_tokens(self, gone: Sequence[int], rows: Rows, tokens: Sequence[Int8s]) -> None:
        path = self.draft / "tokens"
        if path.exists() and not len(gone) and not len(rows):
            return  # writing them again would read those of the whole archive
        store = TokenStore.open(path) if path.exists() else TokenStore(_token_dim(self.encoder))
        store.change(np.array(gone, np.int64), rows, tokens)
        store.save(path)

    def _write_vectors(self, gone: Sequence[int], rows: Rows, vectors: Vectors) -> FaissStore:
        path = self.draft / "vectors.faiss"
        store = FaissStore.open(path) if path.exists() else FaissStore(self.encoder.dim)
        store.remove(np.array(gone, np.int64))
        store.add(rows, vectors)
        store.save(path)
        return store

    def _baseline(self) -> Baseline:
        """Measure what only the model decides, once for all builds with it."""
        path = self.draft / "baseline.npy"
        if not path.exists():
            Baseline.measure(self.encoder).save(path)
        return Baseline.open(path)

    def _finish(self, catalogue: Catalogue, added: Mapping[str, Letter]) -> None:
        report = self.report
        report.added = [Path(name) for name in added]
        report.warnings = {Path(name): letter.warnings for name, letter in added.items() if letter.warnings}
        self.counts = {
            "letters": catalogue.count_letters(),
            "pairs": catalogue.count_pairs(),
            "passages": len(catalogue.passage_table().row),
        }
        Manifest(
            model_id=self.encoder.model_id,
            dim=self.encoder.dim,
            token_dim=_token_dim(self.encoder),
            settings=_settings(),
            letters=dict(sorted(self.entries.items())),
            counts=self.counts,
            newest=catalogue.newest_date(),
        ).write(self.draft / "manifest.json")


def fingerprint(path: Path) -> str | None:
    """Return the SHA-256 of a file's bytes, None when it is no ordinary file that can be read."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def content_key(letter: Letter) -> str:
    """Return a hash of the letter's number and of the words of its pairs.

    Two files with the same key hold the same letter: spacing, line breaks and punctuation, which
    differ between a PDF and its Word file, do not count.
    """
    texts = [text for pair in letter.pairs for text in (*(q.text for q in pair.questions), pair.answer.text)]
    words = ["".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold())) for text in texts]
    # A letter without a number is called after its file, which a copy of it has another name for.
    is_named = letter.reference or letter.publication or not words
    return hashlib.sha256("\0".join([letter.letter_id if is_named else "", *words]).encode()).hexdigest()


def _nothing_read(failed: Mapping[Path, str], sources: Sources) -> SourceError:
    if not failed:
        places = ", ".join(map(str, sources.places))
        return SourceError(f"no letter in {places}: expected files that end in .pdf, .docx or .txt")
    error = SourceError(f"no file of {len(failed)} could be read; the index is left as it was")
    for reason in failed.values():
        error.add_note(reason)
    return error


def _fullest(passages: Sequence[Passage]) -> Rows:
    """Return for each pair, in order, the place of the passage that holds most of it: question with answer."""
    places = {}
    for place, passage in enumerate(passages):
        if passage.view is View.BOTH or passage.pair_id not in places:
            places[passage.pair_id] = place
    return np.array(list(places.values()), np.int64)


def _word_fields(letter: Letter, pair: Pair) -> dict[Field, str]:
    return {
        Field.QUESTION: " ".join(question.text for question in pair.questions),
        Field.ANSWER: pair.answer.text,
        Field.SUBJECT: letter.subject,
    }


def _sum_rows(pieces: Iterable[tuple[list[int], list[int]]]) -> tuple[list[int], list[int]]:
    pairs: list[int] = []
    passages: list[int] = []
    for pair_rows, passage_rows in pieces:
        pairs += pair_rows
        passages += passage_rows
    return pairs, passages
