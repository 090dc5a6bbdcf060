"""What only the places and sizes of a PDF tell: notes, furniture, hanging headings, broken words."""

from __future__ import annotations

from io import BytesIO

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from index.parsing import parse_with_account
from index.reading import read_bytes
from index.records import Letter
from tests.proof import objections

Printed = tuple[float, float, float, str]  # x, y, size, text
SENTENCE = "Het kabinet onderhoudt de dijken en wijst daarvoor jaarlijks middelen aan de waterschappen toe."


def parsed(*pages: list[Printed]) -> Letter:
    """Print pieces of text where they say, and parse the pages."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1)
    for page in pages:
        for x, y, size, text in page:
            canvas.setFont("Helvetica", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    document = read_bytes(buffer.getvalue(), "letter.pdf")
    letter, account = parse_with_account(document)
    assert account.settled, (account.leftover, account.twice)
    assert objections(letter, document) == []
    return letter


def column(top: float, *lines: str, x: float = 70, size: float = 9) -> list[Printed]:
    return [(x, top - 12 * number, size, line) for number, line in enumerate(lines)]


QUESTION = ("Vraag 1", "Kent u het bericht over de dijken in het land?", "Antwoord 1")


def test_a_word_broken_over_a_page_and_a_block_of_notes_is_joined() -> None:
    first = column(700, *QUESTION, *[SENTENCE] * 20, "Dat hangt ook af van de andere zorgaanbie-")
    first += [(70, 102.5, 4.5, "1"), (76, 100, 7, "NOS, 3 mei 2024."), (300, 30, 9, "1")]
    letter = parsed(first, [*column(700, "ders in het land en van hun inzet."), (300, 30, 9, "2")])
    assert "de andere zorgaanbieders in het land" in letter.pairs[0].answer.text
    assert letter.pairs[0].answer.page_numbers == [1, 2]


def test_real_hyphens_at_line_ends_stay() -> None:
    lines = (
        "Dit gaat over de consulaten-generaal en over alle andere vertegenwoordigingen in het land, en de aanloop-",
        "en volloopverliezen van de CCS-",
        "projecten, over ENTSO-E-",
        "verband, over de consulaten-",
        "generaal, de 13-",
        "jarige en de heer Joseph-",
        "Agema, en over regen-",
        "boogbeleid.",
    )
    text = parsed(column(700, *QUESTION, *lines)).pairs[0].answer.text
    assert "aanloop- en volloopverliezen" in text
    for word in (
        "CCS-projecten",
        "ENTSO-E-verband",
        "consulaten-generaal, de 13-jarige",
        "Joseph-Agema",
        "regenboogbeleid",
    ):
        assert word in text


def test_a_note_that_goes_on_at_the_foot_of_the_next_page_is_one_note() -> None:
    long_first = column(700, *QUESTION, *[SENTENCE] * 20)
    long_first += [
        (470, 676 - 9, 6, "1"),
        (70, 102.5, 4.5, "1"),
        (76, 100, 7, "Dit is een lange noot die op een volgend blad"),
    ]
    second = [*column(700, "Dat is alles."), (76, 100, 7, "verder gaat en daar ook eindigt.")]
    letter = parsed(long_first, second)
    assert [note.text for note in letter.footnotes] == [
        "Dit is een lange noot die op een volgend blad verder gaat en daar ook eindigt."
    ]
    assert letter.pairs[0].answer.text.endswith("Dat is alles.")


def test_small_type_above_the_notes_is_text() -> None:
    page = column(700, *QUESTION, SENTENCE, "De cijfers zijn:")
    page += [(70, 600, 7, "Jaar"), (170, 600, 7, "Aantal"), (70, 590, 7, "2023"), (170, 590, 7, "12")]
    page += [(70, 102.5, 4.5, "1"), (76, 100, 7, "NOS, 3 mei 2024.")]
    letter = parsed(page)
    assert letter.pairs[0].answer.text.endswith("De cijfers zijn:\nJaar\tAantal\n2023\t12")
    assert len(letter.footnotes) == 1


def test_two_marks_side_by_side_are_two() -> None:
    page = column(700, "Vraag 1", "Kent u het bericht over de dijken?", "Antwoord 1", "Ja, dat ken ik.")
    end = 70 + stringWidth("Ja, dat ken ik.", "Helvetica", 9)
    page += [(end, 664 + 3, 6, "1,2"), (70, 112, 7, "1 NOS, 3 mei 2024."), (70, 100, 7, "2 AD, 4 mei 2024.")]
    letter = parsed(page)
    assert letter.pairs[0].answer.markers == ["1", "2"]
    assert letter.pairs[0].answer.text == "Ja, dat ken ik."


def test_headings_that_hang_before_their_text_are_headings() -> None:
    page = [(70.0, 700.0, 9.0, "Vraag 1"), *column(700, *[SENTENCE] * 3, "Deelt u die mening?", x=150)]
    page += [(70, 640, 9, "Antwoord 1"), *column(640, *[SENTENCE] * 6, "Ja.", x=150)]
    letter = parsed(page)
    assert letter.pairs[0].questions[0].text.endswith("Deelt u die mening?")
    assert letter.pairs[0].answer.text.endswith("Ja.")


def test_furniture_is_found_by_repetition_and_place() -> None:
    def page(number: int, *lines: str) -> list[Printed]:
        head = [
            (70.0, 800.0, 9.0, "Antwoorden op Kamervragen over dijken"),
            (300.0, 30.0, 9.0, f"Pagina {number} van 3"),
        ]
        beside = [
            (480.0, 700.0, 6.5, "Ministerie van"),
            (480.0, 691.0, 6.5, "Onze referentie"),
            (480.0, 682.0, 6.5, "2024-123"),
        ]
        return [*head, *beside, *column(720, *lines)]

    letter = parsed(
        page(1, *QUESTION, *[SENTENCE] * 40, "En daarom gaat het om"),
        page(2, *[SENTENCE] * 40, "het beleid dat"),
        page(3, "nu geldt."),
    )
    text = letter.pairs[0].answer.text
    assert "En daarom gaat het om Het kabinet" in text
    assert text.endswith("het beleid dat nu geldt.")


def test_the_same_short_answer_at_the_foot_of_two_pages_is_no_furniture() -> None:
    first = column(700, *QUESTION, *[SENTENCE] * 45, "Vraag 2", "En dan?", "Antwoord 2", "Ja.")
    second = column(700, "Vraag 3", "En nu?", "Antwoord 3", *[SENTENCE] * 45, "Vraag 4", "En dan?", "Antwoord 4", "Ja.")
    letter = parsed(first, [*second[:-1], (70, first[-1][1], 9, "Ja.")])
    assert [pair.answer.text for pair in letter.pairs][1::2] == ["Ja.", "Ja."]


def test_a_url_broken_over_lines_is_whole() -> None:
    page = column(700, *QUESTION, "Ja.")
    page += [(70, 122.5, 4.5, "1"), (76, 120, 7, "NOS (https://nos.nl/artikel/2510977-kritiek-op-besluit-")]
    page += [(76, 111, 7, "provincie?utm_source=x&"), (76, 102, 7, "y=%20z.pdf) en meer.")]
    [note] = parsed(page).footnotes
    assert (
        note.text
        == "NOS (https://nos.nl/artikel/2510977-kritiek-op-besluit-provincie?utm_source=x&y=%20z.pdf) en meer."
    )
