"""Every sentence of our own that is seen or read aloud, in Dutch and in English.

Letters are never translated: they stay in their own language and are marked as Dutch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.language import Language
from rag.results import Match

MONTHS: dict[Language, tuple[str, ...]] = {
    "nl": (
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences in one language; ``{…}`` is filled in with `str.format`."""

    language: Language
    prefix: str
    other_language: Language
    other_language_name: str
    product: str
    tagline: str
    intro: str
    skip: str
    your_question: str
    ask: str
    ask_label: str
    searching: str
    new_conversation: str
    conversation: str
    examples: str
    filters: str
    apply_filters: str
    clear_filters: str
    all_values: str
    filter_labels: dict[str, str]
    coverage: str
    one_letter: str
    more_letters: str
    one_answer: str
    more_answers: str
    up_to: str
    coverage_empty: str
    only_searched: str
    search_all: str
    answer_to: str
    question: str
    questions: str
    joint: str
    target_of: str
    asked_by: str
    about: str
    asked_on: str
    unknown_date: str
    match: dict[Match, str]
    note: str
    note_missing: str
    copy_citation: str
    copy_quote: str
    copied: str
    copy_failed: str
    more_forms: str
    plain_form: str
    copy: str
    download: str
    read_letter: str
    permalink: str
    published_letter: str
    published_questions: str
    source_file: str
    source_file_gone: str
    share: str
    other_hits: str
    other_hits_one: str
    near_misses: str
    newer: str
    similar: str
    no_answer: str
    no_answer_more: str
    nothing_near: str
    searched_as: str
    search_literally: str
    found_one: str
    found_more: str
    found_nothing: str
    error_empty: str
    error_long: str
    error_other: str
    mark_switch: str
    page_of: str
    page_alt: str
    page_previous: str
    page_next: str
    page_show: str
    page_as_text: str
    verified: str
    not_verified: str
    whole_letter: str
    unanswered: str
    notice: str
    removed: str
    removed_more: str
    not_found: str
    not_found_more: str
    search: str
    search_title: str
    go_on: str
    all_answers: str
    explanation: str
    accessibility: str
    menu: str
    noscript: str
    loading: str
    quality_title: str
    quality: str

    def day(self, iso: str | None) -> str:
        """Return a date in words; what is no date comes back as it is."""
        if not iso:
            return self.unknown_date
        try:
            day = date.fromisoformat(iso)
        except ValueError:
            return iso
        return f"{day.day} {MONTHS[self.language][day.month - 1]} {day.year}"

    def number(self, count: int) -> str:
        """Return a count with its thousands apart."""
        return f"{count:,}".replace(",", "." if self.language == "nl" else ",")

    def amount(self, count: int, one: str, more: str) -> str:
        """Return ``1 brief`` or ``1.234 brieven``."""
        return one if count == 1 else more.format(count=self.number(count))

    def name_numbers(self, numbers: tuple[int, ...]) -> str:
        """Return ``vraag 3`` or ``vragen 3, 4 en 5``."""
        return f"{self.question if len(numbers) == 1 else self.questions} {self.enumerate([str(n) for n in numbers])}"

    def enumerate(self, names: Sequence[str]) -> str:
        """Return ``A``, ``A en B`` or ``A, B en C``; nothing of nothing."""
        if len(names) < 2:
            return "".join(names)
        return f"{', '.join(names[:-1])} {'en' if self.language == 'nl' else 'and'} {names[-1]}"


DUTCH = Texts(
    language="nl",
    prefix="",
    other_language="en",
    other_language_name="English",
    product="Kamerantwoord",
    tagline="Wat antwoordde de minister?",
    intro=(
        "Stel een vraag in gewone woorden. U leest het antwoord dat de minister aan de Tweede Kamer gaf, "
        "woord voor woord en met bronvermelding. Of u leest dat geen brief uw vraag beantwoordt."
    ),
    skip="Naar de inhoud",
    your_question="Uw vraag",
    ask="Vraag",
    ask_label="Uw vraag",
    searching="Zoeken in de brieven…",
    new_conversation="Nieuw gesprek",
    conversation="Gesprek",
    examples="Vragen die Kamerleden stelden",
    filters="Filters",
    apply_filters="Toepassen",
    clear_filters="Filters wissen",
    all_values="Alle",
    filter_labels={
        "ministerie": "Ministerie",
        "minister": "Bewindspersoon",
        "partij": "Partij",
        "kamerlid": "Kamerlid",
        "van": "Beantwoord vanaf",
        "tot": "Beantwoord tot en met",
        "brief": "Brief",
    },
    coverage="Doorzocht: {letters} met {answers}{until}.",
    one_letter="1 brief",
    more_letters="{count} brieven",
    one_answer="1 antwoord",
    more_answers="{count} antwoorden",
    up_to=", tot en met {day}",
    coverage_empty="Er staan nog geen brieven in de index.",
    only_searched="Alleen gezocht in:",
    search_all="Zoek in alle brieven",
    answer_to="Antwoord op {numbers}",
    question="vraag",
    questions="vragen",
    joint="Dit antwoord is gegeven op {numbers} samen.",
    target_of="Waarnaar verwezen wordt: antwoord op {numbers}",
    asked_by="Gevraagd door",
    about="over",
    asked_on="gevraagd op {day}",
    unknown_date="datum onbekend",
    match={
        Match.LETTERLIJK: "Beantwoordt uw vraag letterlijk",
        Match.VERWANT: "Verwant aan uw vraag",
        Match.ZWAK: "Raakt uw vraag slechts zijdelings",
    },
    note="Noot {marker}",
    note_missing="De tekst van deze noot staat niet in de brief.",
    copy_citation="Kopieer bronvermelding",
    copy_quote="Kopieer citaat met bron",
    copied="Gekopieerd",
    copy_failed="Kopiëren lukte niet; selecteer de tekst en kopieer die zelf.",
    more_forms="Andere vormen",
    plain_form="Met titel en link",
    copy="Kopieer",
    download="Download",
    read_letter="Hele brief",
    permalink="Vaste link",
    published_letter="Gepubliceerde brief",
    published_questions="Vragen van het Kamerlid",
    source_file="Bronbestand",
    source_file_gone="Het bronbestand staat niet meer op zijn plaats; daarom is de bladzijde niet te zien.",
    share="Link naar deze vraag",
    other_hits="{count} andere antwoorden",
    other_hits_one="1 ander antwoord",
    near_misses="Wel hierover gevraagd",
    newer="Later is op een vraag die hierop lijkt nog eens geantwoord",
    similar="Verder vragen",
    no_answer="Geen brief beantwoordt deze vraag.",
    no_answer_more="Hieronder staan antwoorden op vragen die erop lijken. Zij beantwoorden uw vraag niet.",
    nothing_near="Er is ook geen vraag gevonden die erop lijkt.",
    searched_as="Gezocht als vervolgvraag:",
    search_literally="Zoek precies wat ik typte",
    found_one="Antwoord gevonden.",
    found_more="Antwoord gevonden, en {count} andere treffers.",
    found_nothing="Geen antwoord gevonden.",
    error_empty="Typ eerst een vraag, in gewone woorden.",
    error_long="Uw vraag telt {count} tekens; er worden er hoogstens {limit} gelezen. Maak de vraag korter.",
    error_other="Deze vraag kan niet worden gezocht. Stel haar in andere woorden.",
    mark_switch="Markering",
    page_of="Bladzijde {page} van {count}",
    page_alt="Bladzijde {page} van de brief; de tekst van het antwoord staat op deze pagina.",
    page_previous="Vorige bladzijde",
    page_next="Volgende bladzijde",
    page_show="Het antwoord in de brief zelf",
    page_as_text="De brief als tekst",
    verified="Nagekeken: woord voor woord gelijk aan de bron.",
    not_verified="Let op: dit antwoord is niet woord voor woord in de bron teruggevonden.",
    whole_letter="De hele brief",
    unanswered="Zonder gevonden antwoord",
    notice="Dit is een mededeling, geen antwoord.",
    removed="Deze brief is weggehaald",
    removed_more="Dit antwoord stond hier, maar de beheerder heeft de brief weggehaald. Zo is het te vinden:",
    not_found="Deze bladzijde bestaat niet",
    not_found_more="Er is geen brief of vraag met dit adres. Zoek hieronder op woorden.",
    search="Zoeken",
    search_title="Zoeken in de brieven",
    go_on="Verder in gesprek",
    all_answers="{count} vragen met hun antwoord",
    explanation="Uitleg",
    accessibility="Toegankelijkheid",
    menu="Menu",
    noscript="Zonder JavaScript zoekt u hier:",
    loading="De zoekpagina wordt geladen…",
    quality_title="Hoe goed het zoekt",
    quality=(
        "Gemeten met enkele honderden proefvragen bij brieven die voor de meting zijn geschreven: van 100 vragen met "
        "een antwoord staat het juiste antwoord bij {first} bovenaan en bij {three} bij de eerste drie. Van 100 vragen "
        "met een antwoord leest u bij {false_refusals} ten onrechte dat er geen is. Van 100 antwoorden die het geeft, "
        "op deze en op vragen zonder antwoord die er sterk op lijken, passen er {false_answers} niet. Lees dus altijd "
        "zelf of het antwoord antwoord geeft."
    ),
)

ENGLISH = Texts(
    language="en",
    prefix="/en",
    other_language="nl",
    other_language_name="Nederlands",
    product="Kamerantwoord",
    tagline="What did the minister answer?",
    intro=(
        "Ask in plain words, in Dutch or English. You read the answer that a Dutch minister gave to parliament, "
        "word for word, in Dutch, with its source. Or you read that no letter answers your question."
    ),
    skip="Skip to content",
    your_question="Your question",
    ask="Ask",
    ask_label="Your question",
    searching="Searching the letters…",
    new_conversation="New conversation",
    conversation="Conversation",
    examples="Questions that members of parliament asked",
    filters="Filters",
    apply_filters="Apply",
    clear_filters="Clear filters",
    all_values="All",
    filter_labels={
        "ministerie": "Ministry",
        "minister": "Minister",
        "partij": "Party",
        "kamerlid": "Member of parliament",
        "van": "Answered from",
        "tot": "Answered up to",
        "brief": "Letter",
    },
    coverage="Searched: {letters} with {answers}{until}.",
    one_letter="1 letter",
    more_letters="{count} letters",
    one_answer="1 answer",
    more_answers="{count} answers",
    up_to=", up to {day}",
    coverage_empty="There are no letters in the index yet.",
    only_searched="Only searched in:",
    search_all="Search all letters",
    answer_to="Answer to {numbers}",
    question="question",
    questions="questions",
    joint="This answer was given to {numbers} together.",
    target_of="What it refers to: answer to {numbers}",
    asked_by="Asked by",
    about="about",
    asked_on="asked on {day}",
    unknown_date="date unknown",
    match={
        Match.LETTERLIJK: "Answers your question literally",
        Match.VERWANT: "Related to your question",
        Match.ZWAK: "Only touches on your question",
    },
    note="Note {marker}",
    note_missing="The letter does not hold the text of this note.",
    copy_citation="Copy citation",
    copy_quote="Copy quote with source",
    copied="Copied",
    copy_failed="Copying failed; select the text and copy it yourself.",
    more_forms="Other forms",
    plain_form="With title and link",
    copy="Copy",
    download="Download",
    read_letter="Whole letter",
    permalink="Permanent link",
    published_letter="Published letter",
    published_questions="The MP's questions",
    source_file="Source file",
    source_file_gone="The source file is no longer in its place; that is why the page cannot be shown.",
    share="Link to this question",
    other_hits="{count} other answers",
    other_hits_one="1 other answer",
    near_misses="Asked about this subject",
    newer="A question much like this one was answered again later",
    similar="Ask further",
    no_answer="No letter answers this question.",
    no_answer_more="Below are answers to questions that resemble it. They do not answer your question.",
    nothing_near="No question that resembles it was found either.",
    searched_as="Searched as a follow-up:",
    search_literally="Search exactly what I typed",
    found_one="Answer found.",
    found_more="Answer found, and {count} other hits.",
    found_nothing="No answer found.",
    error_empty="First type a question, in plain words.",
    error_long="Your question has {count} characters; at most {limit} are read. Please shorten it.",
    error_other="This question cannot be searched. Please put it in other words.",
    mark_switch="Highlight",
    page_of="Page {page} of {count}",
    page_alt="Page {page} of the letter; the text of the answer is on this web page.",
    page_previous="Previous page",
    page_next="Next page",
    page_show="The answer in the letter itself",
    page_as_text="The letter as text",
    verified="Checked: word for word equal to the source.",
    not_verified="Note: this answer was not found word for word in the source.",
    whole_letter="The whole letter",
    unanswered="Without an answer that was found",
    notice="This is a notice, not an answer.",
    removed="This letter was taken away",
    removed_more="This answer stood here, but the letter was taken away. This is how to find it:",
    not_found="This page does not exist",
    not_found_more="There is no letter or question at this address. Search by words below.",
    search="Search",
    search_title="Search the letters",
    go_on="Go on in conversation",
    all_answers="{count} questions with their answers",
    explanation="Explanation",
    accessibility="Accessibility",
    menu="Menu",
    noscript="Without JavaScript you search here:",
    loading="Loading the search page…",
    quality_title="How well it searches",
    quality=(
        "Measured with some hundreds of test questions on letters written for the measurement: of 100 questions with "
        "an answer, the right answer is first for {first} and among the first three for {three}. Of 100 questions "
        "with an answer, you wrongly read for {false_refusals} that there is none. Of 100 answers that it gives, to "
        "these and to questions without an answer that are much like them, {false_answers} do not fit. So always judge "
        "for yourself whether the answer answers."
    ),
)

TEXTS: dict[Language, Texts] = {"nl": DUTCH, "en": ENGLISH}


def preferred(accepted: str) -> Language:
    """Return the language of ours that a browser asks for first, Dutch when it names neither.

    Parameters
    ----------
    accepted : str
        ``Accept-Language``, as in ``en-GB,en;q=0.9,nl;q=0.8``.
    """
    weights: dict[str, float] = {}
    for part in accepted.split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            wanted = float(weight or 1)
        except ValueError:
            wanted = 0.0
        short = name.split("-")[0].lower()
        weights[short] = max(weights.get(short, 0.0), wanted)
    return "en" if weights.get("en", 0.0) > weights.get("nl", 0.0) else "nl"
