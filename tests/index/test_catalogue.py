"""The catalogue: letters come back as they went in, and rows are never used twice."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from index.catalogue import VIEWS, Catalogue
from index.errors import IndexMismatchError
from index.filters import Facet, Filters
from index.passages import cut_letter
from index.records import Footnote, Kind, Letter, Mark, Person, View

MakeLetter = Callable[..., Letter]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.sqlite"


def keep(catalogue: Catalogue, letter: Letter, path: str = "letters/brief.pdf") -> tuple[list[int], list[int]]:
    passages = cut_letter(letter, lambda texts: [len(text) for text in texts], 1000)
    return catalogue.add_letter(letter, path, passages)


def spoil(path: Path, where: str) -> None:
    """Make the letters that an SQL condition chooses unreadable."""
    with sqlite3.connect(path) as database:
        database.execute(f"UPDATE letter SET record = '{{\"format\": 0}}' WHERE {where}")
    database.close()


def full(letter: Letter) -> Letter:
    """Fill every field of a letter with something that must come back."""
    answer = replace(letter.pairs[0].answer, marks=(Mark("1", 3), Mark("[2]", 9)), points_to=(4,))
    return replace(
        letter,
        kind=Kind.AANHANGSEL,
        publication="ah-tk-20232024-1314",
        other_references=("BZDOC-1",),
        pairs=(replace(letter.pairs[0], answer=answer), *letter.pairs[1:]),
        unanswered=(letter.pairs[0].questions[0],),
        footnotes=(Footnote("1", "Kamerstuk 31 865, nr. 207", 1, "answer 1"), Footnote("3", "«noot»", 2)),
        unresolved=("[2]",),
        warnings=("no answer found to question 1",),
        edition="abcdef",
        office="de minister van Infrastructuur en Waterstaat",
    )


def test_a_letter_comes_back_as_it_went_in(path: Path, make_letter: MakeLetter) -> None:
    letter = full(make_letter())
    with Catalogue(path, writable=True) as catalogue:
        keep(catalogue, letter)
    assert list(Catalogue(path).letters()) == [letter]
    assert Catalogue(path).letter(letter.letter_id) == letter


def test_the_letter_that_ships_comes_back_as_it_went_in(path: Path, bundled_letter: Letter) -> None:
    with Catalogue(path, writable=True) as catalogue:
        keep(catalogue, bundled_letter)
    assert Catalogue(path).letter("2022Z11285") == bundled_letter


def test_an_unknown_letter_is_none(path: Path) -> None:
    with Catalogue(path, writable=True) as catalogue:
        assert catalogue.letter("2024Z99999") is None


def test_the_file_of_one_letter_is_found(path: Path, make_letter: MakeLetter) -> None:
    name = os.fsdecode(b"caf\xe9.pdf")
    with Catalogue(path, writable=True) as catalogue:
        keep(catalogue, make_letter(), name)
        assert catalogue.file_of("2024Z00001") == name
        assert catalogue.file_of("2024Z99999") is None


def test_letters_are_walked_as_far_as_asked(path: Path, make_letter: MakeLetter) -> None:
    with Catalogue(path, writable=True) as catalogue:
        for number in ("2024Z00003", "2024Z00001", "2024Z00002"):
            keep(catalogue, make_letter(reference=number), f"{number}.pdf")
        assert [letter.reference for letter in catalogue.letters(2)] == ["2024Z00003", "2024Z00001"]
        assert [letter.reference for letter in catalogue.letters()] == ["2024Z00003", "2024Z00001", "2024Z00002"]


def test_the_newest_letters_come_first_and_those_without_a_date_last(path: Path, make_letter: MakeLetter) -> None:
    dates = {"A": None, "B": "2023-05-01", "C": "2024-01-31", "D": "2023-05-01", "E": None}
    with Catalogue(path, writable=True) as catalogue:
        for number, date in dates.items():
            keep(catalogue, make_letter(reference=number, date_answered=date), f"{number}.pdf")
        assert [letter.reference for letter in catalogue.choose(Filters(), 0, 10)[1]] == ["C", "B", "D", "A", "E"]
        assert [letter.reference for letter in catalogue.choose(Filters(), 0, 2)[1]] == ["C", "B"]
        assert (catalogue.count_letters(), catalogue.newest_date()) == (5, "2024-01-31")


def test_letters_are_counted_by_what_they_can_be_chosen_by(path: Path, make_letter: MakeLetter) -> None:
    asked = [("Élan", "Zet"), ("Zet", "Zet"), ("Abc",), ("Abc", "Zet"), (None,)]
    with Catalogue(path, writable=True) as catalogue:
        for number, parties in enumerate(asked):
            askers = tuple(Person(f"Lid {place}", party) for place, party in enumerate(parties))
            keep(catalogue, make_letter(reference=f"Z{number}", askers=askers), f"{number}.pdf")
        # One letter of two members of a party is one letter.
        assert catalogue.count_by(Facet.PARTY, 10) == [("Zet", 3), ("Abc", 2), ("Élan", 1)]
        assert catalogue.count_by(Facet.PARTY, 1) == [("Zet", 3)]
        assert catalogue.count_by(Facet.MINISTRY, 10) == [("Infrastructuur en Waterstaat", 5)]
        catalogue.remove_letter("1.pdf")
        assert catalogue.count_by(Facet.PARTY, 10) == [("Abc", 2), ("Zet", 2), ("Élan", 1)]


def test_counting_reads_no_letter(path: Path, make_letter: MakeLetter) -> None:
    with Catalogue(path, writable=True) as catalogue:
        keep(catalogue, make_letter())
    spoil(path, "1")
    with Catalogue(path) as catalogue:
        assert catalogue.count_by(Facet.PARTY, 10) == [("ABC", 1)]
        assert catalogue.file_of("2024Z00001") == "letters/brief.pdf"
        assert (catalogue.count_letters(), catalogue.newest_date()) == (1, "2022-06-28")


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("2024Z00001", "2024Z00001"),
        ("kenmerk 2024Z00001", "2024Z00001"),
        ("ah-tk-20232024-1314", "2024Z00001"),
        ("Aanhangsel Handelingen II 2023/24, nr. 1314", "2024Z00001"),
        ("https://zoek.officielebekendmakingen.nl/ah-tk-20232024-1314.html", "2024Z00001"),
        # The first letter only names this number.
        ("ah-tk-20232024-1315", "2024Z00002"),
        ("ah-tk-20232024-1316", None),
        ("BZDOC-1", None),
        ("2024z00001", "2024Z00001"),
        ("", None),
    ],
)
def test_a_letter_is_found_by_its_own_numbers_in_any_form(
    path: Path, make_letter: MakeLetter, number: str, found: str | None
) -> None:
    one, two, three = (f"ah-tk-20232024-{number}" for number in (1314, 1315, 1316))
    with Catalogue(path, writable=True) as catalogue:
        keep(catalogue, make_letter(publication=one, other_references=(two, three, "BZDOC-1")), "a.pdf")
        keep(catalogue, make_letter(reference="2024Z00002", publication=two), "b.pdf")
        letter = catalogue.find_letter(number)
    assert (letter.letter_id if letter else None) == found


def test_a_letter_is_found_by_the_number_that_its_ministry_gave_it(path: Path, make_letter: MakeLetter) -> None:
    with Catalogue(path, writable=True) as catalogue:
        keep(catalogue, make_letter(reference="2024Z00001", other_references=("BZDOC-7", "BZDOC-1")), "a.pdf")
        keep(catalogue, make_letter(reference="2024Z00002", other_references=("BZDOC-1", "BZDOC-7")), "b.pdf")
        keep(catalogue, make_letter(reference="2024Z00003", other_references=("ah-tk-20232024-1316",)), "c.pdf")
        numbers = ("BZDOC-1", "bzdoc-7", "BZDOC-2", "ah-tk-20232024-1316")
        found = [catalogue.find_letter(number) for number in numbers]
    assert [letter and letter.reference for letter in found] == ["2024Z00002", "2024Z00001", None, None]


def test_a_letter_that_has_a_number_is_chosen_before_one_that_only_names_it(
    path: Path, make_letter: MakeLetter
) -> None:
    with Catalogue(path, writable=True) as catalogue:
        others = ("2024Z00001", "2024Z00008", "2024Z00009")
        naming, _ = keep(catalogue, make_letter(reference="2024Z00002", other_references=others), "a")
        having, _ = keep(catalogue, make_letter(reference="2024Z00001"), "b")
        keep(catalogue, make_letter([], reference="2024Z00008", kind=Kind.MEDEDELING), "c")
        found = [catalogue.pair_rows(Filters(letter=number)).tolist() for number in ("2024z00001", *others[1:])]
    # The answers to 00008, of which only a notice of delay has the number, stand in the letter that names it.
    assert found == [having, naming, naming]


def test_of_letters_that_share_a_number_its_id_goes_first_then_the_newest(path: Path, make_letter: MakeLetter) -> None:
    with Catalogue(path, writable=True) as catalogue:
        for edition, date in (("old", "2023-01-01"), ("none", None), ("new", "2024-01-01"), ("twin", "2024-01-01")):
            keep(catalogue, make_letter(edition=edition, date_answered=date), f"{edition}.pdf")
        newest = catalogue.find_letter("2024Z00001")
        keep(catalogue, make_letter(date_answered="2022-01-01"), "own.pdf")
        own = catalogue.find_letter("2024Z00001")
        assert catalogue.find_letter("2024z00001") == own
    assert [letter and letter.letter_id for letter in (newest, own)] == ["2024Z00001-new", "2024Z00001"]


def test_a_number_leads_to_a_letter_without_reading_another(path: Path, make_letter: MakeLetter) -> None:
    with Catalogue(path, writable=True) as catalogue:
        for number in ("2024Z00001", "2024Z00002"):
            keep(catalogue, make_letter(reference=number), f"{number}.pdf")
    spoil(path, "letter_id <> '2024Z00002'")
    with Catalogue(path) as catalogue:
        found = catalogue.find_letter("kenmerk 2024Z00002")
        assert found is not None
        assert catalogue.choose(Filters(letter="2024Z00002"), 0, 10) == (1, [found])


CHOSEN = [
    ({}, "CBEAD"),
    ({"party": "abc"}, "BA"),
    ({"party": "AB"}, ""),
    ({"ministry": "VWS"}, "CA"),
    ({"ministry": "infra"}, "BED"),
    ({"minister": "KUIP"}, "CA"),
    ({"asker": "elan"}, "EAD"),
    ({"after": "2023-05-01"}, "CBE"),
    ({"before": "2023-05-01"}, "BEA"),
    ({"after": "2023-05-01", "before": "2023-05-01", "party": "ABC"}, "B"),
    ({"letter": "E"}, "E"),
    ({"letter": "bzdoc-1"}, "A"),
    ({"letter": "nope"}, ""),
]


@pytest.mark.parametrize(("filters", "chosen"), CHOSEN, ids=str)
def test_letters_are_chosen_newest_first_a_page_at_a_time(
    path: Path, make_letter: MakeLetter, filters: dict[str, str], chosen: str
) -> None:
    signed = {"answered_by": ("Kuipers (Volksgezondheid, Welzijn en Sport)",)}
    abc, elan = Person("Jansen", "ABC"), Person("Élan", "DEF")
    letters = {
        "D": {"date_answered": None, "askers": (elan,)},
        "B": {"date_answered": "2023-05-01", "askers": (abc,)},
        "A": {"date_answered": "2021-12-31", "askers": (abc, elan), "other_references": ("BZDOC-1",)} | signed,
        "E": {"date_answered": "2023-05-01", "askers": (elan,)},
        "C": {"date_answered": "2024-01-31", "askers": ()} | signed,
    }
    with Catalogue(path, writable=True) as catalogue:
        for number, values in letters.items():
            keep(catalogue, make_letter(reference=number, **values), f"{number}.pdf")
        pages = [catalogue.choose(Filters(**filters), offset, 2) for offset in (0, 2, 4, 6)]
    assert {total for total, _ in pages} == {len(chosen)}
    assert "".join(str(letter.reference) for _, page in pages for letter in page) == chosen
    assert max(len(page) for _, page in pages) == min(2, len(chosen))


def test_pairs_come_back_in_the_order_asked(path: Path, make_letter: MakeLetter) -> None:
    with Catalogue(path, writable=True) as catalogue:
        rows, _ = keep(catalogue, make_letter())
        found = catalogue.pairs([rows[1], rows[0]])
    assert [pair.pair_id for pair in found] == ["2024Z00001/vraag-2", "2024Z00001/vraag-1"]
    assert [pair.row for pair in found] == [rows[1], rows[0]]


def test_the_table_says_of_every_passage_where_it_stands(path: Path, make_letter: MakeLetter) -> None:
    letter = make_letter()
    with Catalogue(path, writable=True) as catalogue:
        pair_rows, passage_rows = keep(catalogue, letter)
        table = catalogue.passage_table()
    assert table.row.tolist() == passage_rows == sorted(passage_rows)
    assert set(table.pair.tolist()) == set(pair_rows)
    whole = [place for place, view in enumerate(table.view) if VIEWS[view] is View.BOTH]
    assert [table.end_char[place] for place in whole] == [len(pair.answer.text) for pair in letter.pairs]


def test_places_are_those_of_the_rows(path: Path, make_letter: MakeLetter) -> None:
    with Catalogue(path, writable=True) as catalogue:
        keep(catalogue, make_letter())
        table = catalogue.passage_table()
    assert table.places(table.row[[3, 1]]).tolist() == [3, 1]


def test_an_empty_catalogue_has_an_empty_table(path: Path) -> None:
    with Catalogue(path, writable=True) as catalogue:
        assert catalogue.passage_table().row.tolist() == []
        assert (catalogue.count_letters(), catalogue.count_pairs(), catalogue.newest_date()) == (0, 0, None)


def test_a_removed_letter_goes_with_all_that_is_its(path: Path, make_letter: MakeLetter) -> None:
    with Catalogue(path, writable=True) as catalogue:
        rows = keep(catalogue, make_letter(), "a.pdf")
        keep(catalogue, make_letter(reference="2024Z00002"), "b.pdf")
        assert catalogue.remove_letter("a.pdf") == rows
        assert catalogue.paths() == {"2024Z00002": "b.pdf"}
        assert catalogue.count_pairs() == 2
        assert len(catalogue.passage_table().row) == len(rows[1])


def test_removing_an_unknown_file_removes_nothing(path: Path, make_letter: MakeLetter) -> None:
    with Catalogue(path, writable=True) as catalogue:
        keep(catalogue, make_letter())
        assert catalogue.remove_letter("gone.pdf") == ([], [])
        assert catalogue.count_pairs() == 2


def test_rows_are_never_used_twice(path: Path, make_letter: MakeLetter) -> None:
    """Else the vectors of a removed letter could be taken for those of a new one."""
    with Catalogue(path, writable=True) as catalogue:
        first = keep(catalogue, make_letter(), "a.pdf")
        catalogue.remove_letter("a.pdf")
        second = keep(catalogue, make_letter(), "a.pdf")
    assert min(second[0]) > max(first[0])
    assert min(second[1]) > max(first[1])


def test_a_letter_that_gives_a_number_twice_is_kept_whole(path: Path, make_letter: MakeLetter) -> None:
    letter = make_letter([("Een?", "Ja."), ("Twee?", "Nee."), ("Twee?", "Nee.")])
    one, two, three = letter.pairs
    again = replace(three, questions=(replace(three.questions[0], number=2),))
    with Catalogue(path, writable=True) as catalogue:
        rows, _ = keep(catalogue, replace(letter, pairs=(one, two, again)))
        found = catalogue.pairs(rows)
    assert [pair.pair_id for pair in found] == [f"2024Z00001/vraag-{name}" for name in ("1", "2", "2-2")]


@pytest.mark.parametrize("name", [b"caf\xe9.pdf", "café \U0001f4c4\n.pdf".encode(), b"'; DROP TABLE letter; --.pdf"])
def test_the_name_of_a_file_may_be_any_bytes(path: Path, make_letter: MakeLetter, name: bytes) -> None:
    with Catalogue(path, writable=True) as catalogue:
        keep(catalogue, make_letter(), os.fsdecode(name))
    with Catalogue(path, writable=True) as catalogue:
        assert catalogue.paths() == {"2024Z00001": os.fsdecode(name)}
        catalogue.remove_letter(os.fsdecode(name))
        assert catalogue.count_pairs() == 0


def test_opened_for_reading_it_is_never_written(path: Path, make_letter: MakeLetter) -> None:
    with Catalogue(path, writable=True) as catalogue:
        keep(catalogue, make_letter())
    before = path.read_bytes()
    with Catalogue(path) as catalogue, pytest.raises(sqlite3.OperationalError, match="readonly"):
        catalogue.remove_letter("letters/brief.pdf")
    assert path.read_bytes() == before


def test_a_missing_catalogue_is_said_and_not_made(path: Path) -> None:
    with pytest.raises(IndexMismatchError, match=r"catalogue\.sqlite.*build the index again"):
        Catalogue(path)
    assert not path.exists()


@pytest.mark.parametrize("data", [b"", b"no database at all" * 100])
def test_a_damaged_catalogue_is_said(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(IndexMismatchError, match="build the index again"):
        Catalogue(path)


def test_a_letter_of_another_form_is_said(path: Path, make_letter: MakeLetter) -> None:
    with Catalogue(path, writable=True) as catalogue:
        keep(catalogue, make_letter())
    spoil(path, "1")
    with pytest.raises(IndexMismatchError, match="build the index again"):
        Catalogue(path).letter("2024Z00001")


def test_threads_can_share_it(path: Path, make_letter: MakeLetter) -> None:
    with Catalogue(path, writable=True) as catalogue:
        rows = [row for n in range(20) for row in keep(catalogue, make_letter(reference=f"Z{n}"), f"{n}.pdf")[0]]
    shared, found = Catalogue(path), []
    threads = [threading.Thread(target=lambda: found.append(len(shared.pairs(rows)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [40] * 8
