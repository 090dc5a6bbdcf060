"""Over a hundred bad files; each case says what must happen when it is parsed.

``expected`` is ``"letter"`` (it is read, and so many pairs are found), or a part of the one
line of error. None may hang, go beyond its limits, end the run or lose the other files.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import socket
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.bad_input import raw_pdf
from tests.typesetting import docx, pdf
from tests.typesetting.model import Answered, Asked, Sheet

GOOD = Sheet(
    (Asked((1,), ("Kent u het bericht over de dijken?",)), Answered((1,), ("Ja, het kabinet kent dat bericht.",)))
)
TEXT = "Vraag 1\nKent u het bericht over de dijken?\n\nAntwoord 1\nJa, het kabinet kent dat bericht.\n"
PREFIX = "Vragen van het lid Jansen (VVD) over dijken, kenmerk 2024Z07777.\n\n"


@dataclass(frozen=True)
class Case:
    """One bad file.

    ``expected`` is a part of the error, or ``"letter"``; ``pairs`` how many answers such a
    letter has, ``warning`` a part of one of its warnings.
    """

    path: Path
    expected: str
    pairs: int = 1
    warning: str = ""


Entry = tuple[str, bytes, str] | tuple[str, bytes, str, int] | tuple[str, bytes, str, int, str]


def write_corpus(folder: Path) -> list[Case]:
    """Write every case under a folder."""
    cases: list[Case] = []
    makers: list[Callable[[], Iterator[Entry]]] = [
        _cut_pdfs, _locked_pdfs, _empty_pdfs, _garbled_pdfs, _looping_pdfs, _pdf_bombs, _hidden_pdfs, _wrong_kinds,
        _broken_docx, _docx_bombs, _odd_docx, _odd_texts, _odd_letters, _slow_texts, _names,
    ]  # fmt: skip
    for maker in makers:
        group = folder / maker.__name__.strip("_")
        group.mkdir(parents=True)
        for name, data, *rest in maker():
            path = group / name
            path.write_bytes(data)
            cases.append(Case(path, *rest))  # type: ignore[arg-type]
    return [*cases, *_no_regular_files(folder / "files")]


def _cut_pdfs() -> Iterator[Entry]:
    whole, _ = pdf.aanhangsel(GOOD)
    for percent in (1, 30, 60):
        yield f"cut-at-{percent}.pdf", whole[: len(whole) * percent // 100], "cut-at-"
    yield "header-only.pdf", b"%PDF-1.7\n", "damaged PDF"
    yield "noise-after-header.pdf", b"%PDF-1.7\n" + random.Random(1).randbytes(5000), "damaged PDF"
    yield "no-end.pdf", raw_pdf.letter().rsplit(b"startxref", 1)[0], "damaged PDF"
    yield "wrong-startxref.pdf", raw_pdf.letter().replace(b"startxref\n", b"startxref\n9"), "letter"
    yield "noise-before-header.pdf", b"\n\r  noise \n" + raw_pdf.letter(), "letter"
    yield "no-root.pdf", raw_pdf.letter().replace(b"/Root 1 0 R", b""), "letter"
    yield "content-cut.pdf", raw_pdf.letter(o4=b"<</Length 999999>>\nstream\nBT (Vraag 1) Tj"), "content-cut.pdf"


def _locked(user: str, owner: str) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption(user, owner, strength=128))
    for number, line in enumerate(raw_pdf.LETTER):
        canvas.drawString(70, 700 - 14 * number, line)
    canvas.save()
    return buffer.getvalue()


def _locked_pdfs() -> Iterator[Entry]:
    yield "user-password.pdf", _locked("geheim", "baas"), "encrypted with a password"
    yield "owner-password.pdf", _locked("", "baas"), "letter"
    unknown = raw_pdf.letter().replace(b"/Root", b"/Encrypt<</Filter/Other/V 9/R 9>>/Root")
    yield "unknown-lock.pdf", unknown, "encrypted in a way"


def _empty_pdfs() -> Iterator[Entry]:
    yield "no-pages.pdf", raw_pdf.letter(o2=b"<</Type/Pages/Kids[]/Count 0>>"), "without pages"
    yield "blank.pdf", raw_pdf.letter(o4=raw_pdf.stream(b"")), "needs OCR"
    yield "no-contents.pdf", raw_pdf.letter(o3=b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"), "needs OCR"
    picture = raw_pdf.stream(
        b"\x00" * 100, b"/Type/XObject/Subtype/Image/Width 10/Height 10/ColorSpace/DeviceGray/BitsPerComponent 8"
    )
    scan = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I 6 0 R>>>>/Contents 4 0 R>>"
    yield (
        "scan.pdf",
        raw_pdf.letter(o3=scan, o4=raw_pdf.stream(b"q 595 0 0 842 0 0 cm /I Do Q"), o6=picture),
        "needs OCR",
    )
    yield (
        "no-questions.pdf",
        raw_pdf.letter(o4=raw_pdf.stream(raw_pdf.content(("Geachte voorzitter,", "Dank.")))),
        "no questions",
    )
    no_font = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 4 0 R>>"
    yield "no-font.pdf", raw_pdf.letter(o3=no_font), "garbled"


def _garbled_pdfs() -> Iterator[Entry]:
    yield "private-use.pdf", raw_pdf.mapped({code: 0xE000 + code for code in range(32, 256)}), "garbled"
    yield "no-letters.pdf", raw_pdf.mapped({code: 0xFFFD for code in range(33, 256)}), "garbled"
    turned = {code: 97 + (code - 97 + 13) % 26 for code in range(97, 123)}
    yield "shifted.pdf", raw_pdf.mapped(turned | {code: code for code in range(32, 97)}), "garbled"
    yield "control-characters.pdf", raw_pdf.mapped({code: code % 31 + 1 for code in range(33, 256)}), "garbled"
    broken = raw_pdf.FONT.replace(b"/Encoding/WinAnsiEncoding", b"/ToUnicode 6 0 R")
    yield "broken-map.pdf", raw_pdf.letter(o5=broken, o6=raw_pdf.stream(b"1 beginbfchar <zz> <")), "letter"


def _looping_pdfs() -> Iterator[Entry]:
    yield "tree-loop.pdf", raw_pdf.letter(o2=b"<</Type/Pages/Kids[2 0 R]/Count 1>>"), "tree-loop.pdf"
    two = raw_pdf.letter(
        o2=b"<</Type/Pages/Kids[6 0 R]/Count 1>>", o6=b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 1>>"
    )
    yield "tree-loop-of-two.pdf", two, "tree-loop-of-two.pdf"
    yield "self-contents.pdf", raw_pdf.letter(o4=b"4 0 R"), "self-contents.pdf"
    yield (
        "self-length.pdf",
        raw_pdf.letter(o4=raw_pdf.stream(raw_pdf.content()).replace(b"/Length ", b"/Length 4 0 R/X ")),
        "no letter is built like that",
    )
    prev = raw_pdf.letter()
    place = prev.rfind(b"xref\n0")
    yield "xref-loop.pdf", prev.replace(b"/Root", b"/Prev %d/Root" % place), "letter"
    form = raw_pdf.stream(
        b"/X Do " + raw_pdf.content(),
        b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X 6 0 R>>/Font<</F1 5 0 R>>>>",
    )
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</X 6 0 R>>>>/Contents 4 0 R>>"
    yield "form-loop.pdf", raw_pdf.letter(o3=page, o4=raw_pdf.stream(b"/X Do"), o6=form), "letter"
    parent = b"<</Type/Page/Parent 3 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>"
    yield "parent-loop.pdf", raw_pdf.letter(o3=parent), "parent-loop.pdf"
    deep = b"[" * 20_000 + b"]" * 20_000
    yield "deep-array.pdf", raw_pdf.letter(o4=raw_pdf.stream(deep + b" TJ " + raw_pdf.content())), "deep-array.pdf"
    yield "deep-dictionary.pdf", raw_pdf.letter(o5=b"<</A" * 20_000 + b">>" * 20_000), "deep-dictionary.pdf"
    chain = {number: b"%d 0 R" % (number + 1) for number in range(6, 3000)}
    yield (
        "reference-chain.pdf",
        raw_pdf.build({1: raw_pdf.CATALOG, 2: b"6 0 R", **chain, 3000: b"null"}),
        "reference-chain.pdf",
    )


def _pdf_bombs() -> Iterator[Entry]:
    yield (
        "inflating.pdf",
        raw_pdf.letter(o4=raw_pdf.stream(b" " * 300_000_000, squeeze=True)),
        "no letter is built like that",
    )
    heavy = raw_pdf.stream(b"0 0 m " * 400_000 + raw_pdf.content(), squeeze=True)
    kids = b" ".join(b"3 0 R" for _ in range(3000))
    yield (
        "shared-heavy-stream.pdf",
        raw_pdf.letter(o2=b"<</Type/Pages/Kids[%s]/Count 3000>>" % kids, o4=heavy),
        "shared-heavy-stream.pdf",
    )
    forms = {
        number: raw_pdf.stream(
            b"/X Do " * 12,
            b"/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</X %d 0 R>>>>" % (number + 1),
        )
        for number in range(6, 17)
    }
    forms[17] = raw_pdf.stream(b"BT (x) Tj ET", b"/Type/XObject/Subtype/Form/BBox[0 0 1 1]")
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</X 6 0 R>>>>/Contents 4 0 R>>"
    replaced = {f"o{number}": body for number, body in forms.items()}
    yield "forms-of-forms.pdf", raw_pdf.letter(o3=page, o4=raw_pdf.stream(b"/X Do"), **replaced), "forms-of-forms.pdf"
    yield (
        "many-texts.pdf",
        raw_pdf.letter(
            o4=raw_pdf.stream(b"BT /F1 9 Tf " + (b"(" + b"x" * 9000 + b") Tj ") * 6000 + b"ET", squeeze=True)
        ),
        "many-texts.pdf",
    )
    yield (
        "many-filters.pdf",
        raw_pdf.letter(o4=raw_pdf.stream(b"00>", b"/Filter[" + b"/ASCIIHexDecode" * 500 + b"]")),
        "many-filters.pdf",
    )
    yield (
        "endless-kids.pdf",
        raw_pdf.letter(o2=b"<</Type/Pages/Kids[%s]/Count 400000>>" % (b"3 0 R " * 400_000)),
        "endless-kids.pdf",
    )
    yield (
        "huge-page.pdf",
        raw_pdf.letter(
            o3=b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9000000 900]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>"
        ),
        "letter",
    )
    widths = raw_pdf.FONT.replace(b"/Encoding", b"/FirstChar 0/Widths[%s]/Encoding" % (b"500 " * 300_000))
    yield "endless-widths.pdf", raw_pdf.letter(o5=widths), "endless-widths.pdf"
    yield "object-streams.pdf", _object_streams(), "object-streams.pdf"
    yield (
        "not-a-number.pdf",
        raw_pdf.letter(o4=raw_pdf.stream(raw_pdf.content().replace(b"70 700 Td", b"nan inf Td 70 700 Td"))),
        "letter",
    )


def _object_streams() -> bytes:
    """Return a PDF with dozens of object streams, each just under the limit of one."""
    squeezed = raw_pdf.stream(b"6 0 " + b" " * 70_000_000, b"/Type/ObjStm/N 1/First 4", squeeze=True)
    objects = {1: raw_pdf.CATALOG, 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>"}
    objects |= {number: squeezed for number in range(10, 50)}
    body = bytearray(raw_pdf.build(objects).rsplit(b"xref\n", 2)[0])
    start = len(body)
    rows = b"".join(b"\x02" + (10 + number % 40).to_bytes(4, "big") + b"\x00" for number in range(3, 10))
    table = raw_pdf.stream(rows, b"/Type/XRef/Size 10/Index[3 7]/W[1 4 1]/Root 1 0 R")
    body += b"60 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF" % (table, start)
    return bytes(body)


def _hidden_pdfs() -> Iterator[Entry]:
    white = raw_pdf.content() + b"\nBT 1 1 1 rg /F1 10 Tf 70 300 Td (Vraag 2) Tj 0 -14 Td (Negeer dit.) Tj ET"
    yield "white-on-white.pdf", raw_pdf.letter(o4=raw_pdf.stream(white)), "letter", 1, "hidden text"
    beside = raw_pdf.content() + b"\nBT /F1 10 Tf 70 -900 Td (Vraag 2) Tj 0 -14 Td (Buiten beeld.) Tj ET"
    yield "off-the-page.pdf", raw_pdf.letter(o4=raw_pdf.stream(beside)), "letter"
    script = raw_pdf.CATALOG.replace(
        b">>", b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>/AcroForm<</XFA 9 0 R>>>>"
    )
    yield "script.pdf", raw_pdf.letter(o1=script), "letter"
    launch = raw_pdf.CATALOG.replace(b">>", b"/OpenAction<</S/Launch/F(/bin/sh)>>>>")
    yield "launch.pdf", raw_pdf.letter(o1=launch), "letter"


def _wrong_kinds() -> Iterator[Entry]:
    yield "pdf-named.txt", raw_pdf.letter(), "letter"
    yield "docx-named.pdf", docx.brief(GOOD), "letter"
    yield "text-named.docx", (PREFIX + TEXT).encode(), "letter"
    yield "picture.pdf", b"\x89PNG\r\n\x1a\n" + bytes(100), "needs OCR"
    yield "photo.pdf", b"\xff\xd8\xff\xe0" + bytes(100), "needs OCR"
    yield "old-word.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Word"
    yield "rich.docx", b"{\\rtf1 Vraag 1}", "RTF"
    yield "packed.pdf", gzip.compress(raw_pdf.letter()), "gzip"
    yield "program.pdf", b"\x7fELF" + bytes(100), "a program"
    yield "sheet.docx", _zip({"xl/workbook.xml": b"<a/>"}), "Excel"
    yield "archive.docx", _zip({"letter.pdf": raw_pdf.letter()}), "zip archive"
    yield "empty.pdf", b"", "empty file"
    yield "mark-only.txt", b"\xef\xbb\xbf", "empty text"
    yield "noise.txt", random.Random(2).randbytes(4000), "no text"


def _zip(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _with_document(xml: bytes, **parts: bytes) -> bytes:
    return _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": xml, **parts})


def _broken_docx() -> Iterator[Entry]:
    whole = docx.brief(GOOD)
    yield "cut.docx", whole[: len(whole) // 2], "damaged Word file"
    yield "no-xml.docx", _with_document(b"no xml at all"), "no well-formed XML"
    yield "open-tags.docx", _with_document(b"<w:document xmlns:w='x'><w:body>"), "no well-formed XML"
    yield "no-text-part.docx", _zip({"word/styles.xml": b"<a/>"}), "zip archive"
    bad = bytearray(
        _zip({"word/document.xml": docx.document(docx.paragraph(docx.run("Vraag 1"))).encode()}, zipfile.ZIP_STORED)
    )
    bad[bad.find(b"Vraag") + 1] ^= 0xFF
    yield "wrong-sum.docx", bytes(bad), "damaged or encrypted"
    locked = bytearray(whole)
    place = locked.find(b"PK\x01\x02", locked.find(b"word/document.xml"))
    for header in (b"PK\x03\x04", b"PK\x01\x02"):
        place = locked.find(header)
        while place >= 0:
            locked[place + (6 if header == b"PK\x03\x04" else 8)] |= 1
            place = locked.find(header, place + 1)
    yield "locked.docx", bytes(locked), "damaged or encrypted"
    yield "locked-package.docx", _zip({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "encrypted with a password"


def _docx_bombs() -> Iterator[Entry]:
    blank = (
        b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>"
        + b" " * 200_000_000
    )
    yield "inflating.docx", _with_document(blank), "inflates beyond"
    yield "lying-size.docx", _lying(_with_document(blank)), "lying-size.docx"
    entities = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10 if n else 'ha'}'>" for n in range(10))
    yield "entities.docx", _with_document(f"<!DOCTYPE d [{entities}]><d>&a9;</d>".encode()), "document type or entity"
    outside = b"<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><d>&x;</d>"
    yield "outside-entity.docx", _with_document(outside), "document type or entity"
    yield (
        "outside-type.docx",
        _with_document(b"<!DOCTYPE d SYSTEM 'http://127.0.0.1:9/x.dtd'><d/>"),
        "document type or entity",
    )
    yield "deep.docx", _with_document(b"<a>" * 100_000 + b"</a>" * 100_000), "nested deeper"
    yield "many-parts.docx", _zip({f"word/part{n}.xml": b"" for n in range(6000)}), "6000 parts"
    heads = {f"word/header{n}.xml": b"<a>" + b" " * 9_000_000 + b"</a>" for n in range(12)}
    yield "many-headers.docx", _with_document(docx.document("<w:p/>").encode(), **heads), "inflates beyond"
    nested = "<w:tbl><w:tr><w:tc>" * 60 + docx.paragraph(docx.run("diep")) + "</w:tc></w:tr></w:tbl>" * 60
    yield "tables-in-tables.docx", docx.package(nested + _paragraphs(TEXT)), "letter"


def _lying(data: bytes) -> bytes:
    """Say in both headers that the parts inflate to ten bytes."""
    changed = bytearray(data)
    for header, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = changed.find(header)
        while place >= 0:
            changed[place + offset : place + offset + 4] = (10).to_bytes(4, "little")
            place = changed.find(header, place + 4)
    return bytes(changed)


def _paragraphs(text: str) -> str:
    return "".join(docx.paragraph(docx.run(line)) for line in text.splitlines())


def _odd_docx() -> Iterator[Entry]:
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Vraag 2</w:t></w:r></w:p>"
    yield "hidden.docx", docx.package(_paragraphs(TEXT) + hidden), "letter", 1, "hidden text"
    only_deleted = "<w:p><w:del><w:r><w:delText>Vraag 1</w:delText></w:r></w:del></w:p>"
    yield "deleted.docx", docx.package(only_deleted), "needs OCR"
    yield "embedded.docx", docx.package(_paragraphs(TEXT) + '<w:altChunk r:id="r9"/>'), "letter", 1, "embedded file"
    remote = b'<Relationships><Relationship TargetMode="External" Target="http://127.0.0.1:9/t.dotm"/></Relationships>'
    body = docx.document(_paragraphs(TEXT)).encode()
    yield "remote-template.docx", _with_document(body, **{"word/_rels/settings.xml.rels": remote}), "letter"
    yield "macros.docx", _with_document(body, **{"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "letter"
    yield "climbing-names.docx", _with_document(body, **{"../../etc/passwd": b"x", "/absolute": b"x"}), "letter"
    strict = docx.package(_paragraphs(TEXT))
    yield (
        "utf-16.docx",
        _with_document(docx.document(_paragraphs(TEXT)).replace("UTF-8", "UTF-16").encode("utf-16")),
        "letter",
    )
    yield "sound.docx", strict, "letter"
    direction = _paragraphs(TEXT.replace("Ja,", "Ja\u202e,"))
    yield "direction.docx", docx.package(direction), "letter", 1, "control characters"


def _odd_texts() -> Iterator[Entry]:
    letter = PREFIX + TEXT
    yield "direction.txt", letter.replace("Ja,", "\u202eaJ\u202c,").encode(), "letter", 1, "direction of writing"
    yield "some-controls.txt", letter.replace("Ja,", "Ja\x07,").encode(), "letter", 1, "control characters"
    yield "two-encodings.txt", letter.encode() + "één\n".encode() + "éé\n".encode("cp1252"), "letter", 1, "mixed"
    yield "utf-16.txt", letter.encode("utf-16"), "letter"
    yield "windows.txt", letter.replace("dijken", "coördinatie").encode("cp1252"), "letter"
    yield "old-mac.txt", letter.replace("\n", "\r").encode(), "letter"
    yield "page.html", f"<html><script>alert(1)</script>\n\n{letter}".encode(), "letter"
    formula = letter.replace(
        "Ja,", '=HYPERLINK("http://127.0.0.1:9","x")+cmd|\' /C calc\'!A0 en <img src=x onerror=alert(1)>,'
    )
    yield "formula.txt", formula.encode(), "letter"
    yield "zero-width.txt", letter.replace("Kent", "K\u200bent").encode(), "letter"
    yield "surrogates.txt", letter.encode() + b"\xed\xa0\x80\n", "letter"


def _odd_letters() -> Iterator[Entry]:
    many = "".join(f"Vraag {n}\nWat is {n}?\n\nAntwoord {n}\nDat is {n}.\n\n" for n in range(1, 1001))
    yield "thousand.txt", (PREFIX + many).encode(), "letter", 1000
    double = "Vraag 1\nWat?\n\nAntwoord 1\nDit.\n\nVraag 1\nEn?\n\nAntwoord 1\nDat.\n"
    yield "double.txt", (PREFIX + double).encode(), "letter", 2, "more than once"
    gap = "Vraag 1\nWat?\n\nAntwoord 1\nDit.\n\nVraag 4\nEn?\n\nAntwoord 4\nDat.\n"
    yield "gap.txt", (PREFIX + gap).encode(), "letter", 2, "gap"
    yield "only-questions.txt", (PREFIX + "Vraag 1\nWat?\n\nVraag 2\nEn?\n").encode(), "letter", 0, "no answer found"
    yield "only-answers.txt", (PREFIX + "Antwoord 1\nDit.\n\nAntwoord 2\nDat.\n").encode(), "no questions"
    stray = "Vraag 1\nWat?\n\nAntwoord 1\nDit.\n\nAntwoord 7\nDat.\n"
    yield "stray-answer.txt", (PREFIX + stray).encode(), "letter", 1, "answer to question 7"
    yield "empty-answer.txt", (PREFIX + "Vraag 1\nWat?\n\nAntwoord 1\n").encode(), "letter", 0, "no answer found"
    yield "empty-question.txt", (PREFIX + "Vraag 1\n\nAntwoord 1\nDit.\n").encode(), "letter"
    yield "large-number.txt", (PREFIX + "Vraag 99999\nWat?\n\nAntwoord 99999\nDit.\n").encode(), "no questions"
    delay = "De vragen van het lid Jansen (VVD) kunnen niet binnen de gebruikelijke termijn worden beantwoord.\n"
    yield "delay.txt", delay.encode(), "letter", 0, "answers come later"


def _slow_texts() -> Iterator[Entry]:
    letter = PREFIX + TEXT
    yield "many-numbers.txt", (letter + "Vraag " + "1, " * 50_000 + "x\n").encode(), "letter"
    yield "many-spaces.txt", (letter + "Antwoord" + " " * 300_000 + "x\n").encode(), "letter"
    yield "many-brackets.txt", (letter + "(" * 100_000 + "\n" + "[1]" * 50_000 + "\n").encode(), "letter"
    yield "one-line.txt", (letter + "dijk " * 300_000 + "\n").encode(), "letter"
    yield "many-lines.txt", (letter + "Het water stijgt.\n" * 60_000).encode(), "letter"
    yield "many-notes.txt", (letter + "".join(f"[{n % 900}] noot {n}\n" for n in range(5000))).encode(), "letter"
    yield "many-names.txt", ("Vragen van de leden " + "A, " * 20_000 + "B (VVD) over x.\n\n" + TEXT).encode(), "letter"
    yield "many-headings.txt", (PREFIX + "Vraag 1\n" * 3000 + "Antwoord 1\nJa.\n").encode(), "letter"
    yield "too-much.txt", (letter + "x" * 2_500_000).encode(), "at most"
    yield "many-hyphens.txt", (letter + "-\n" * 30_000 + "a-" * 100_000 + "\n").encode(), "letter"
    yield (
        "many-digits.txt",
        (letter + "9" * 300_000 + " januari 2024\n" + "Kamerstuk " + "3" * 100_000).encode(),
        "letter",
    )


def _names() -> Iterator[Entry]:
    letter = (PREFIX + TEXT).encode()
    yield "with\nnewline.txt", letter, "letter"
    yield "with\x1b[31mcolour\x1b[0m.txt", letter, "letter"
    yield "-rf.txt", letter, "letter"
    yield "..txt", letter, "letter"
    yield "with space'and\"quotes;$(touch x).txt", letter, "letter"
    yield "right\u202etxt.fdp", letter, "letter"
    yield f"{'n' * 246}.txt", letter, "letter"
    yield os.fsdecode(b"not-utf-8-\xff\xfe.txt"), letter, "letter"
    yield "empty\nwith newline.txt", b"", "empty file"


def _no_regular_files(folder: Path) -> list[Case]:
    folder.mkdir()
    good = folder / "good.txt"
    good.write_text(PREFIX + TEXT, encoding="utf-8")
    os.mkfifo(folder / "pipe.pdf")
    (folder / "zeros.pdf").symlink_to("/dev/zero")
    (folder / "loop-a.pdf").symlink_to(folder / "loop-b.pdf")
    (folder / "loop-b.pdf").symlink_to(folder / "loop-a.pdf")
    (folder / "folder.pdf").mkdir()
    (folder / "nowhere.pdf").symlink_to(folder / "missing")
    (folder / "link.txt").symlink_to(good)
    with socket.socket(socket.AF_UNIX) as server:
        cwd = Path.cwd()
        os.chdir(folder)  # the path of a socket must be short
        try:
            server.bind("socket.pdf")
        finally:
            os.chdir(cwd)
    with (folder / "sparse.pdf").open("wb") as sparse:
        sparse.truncate(3_000_000_000)
    return [
        Case(good, "letter"),
        Case(folder / "link.txt", "letter"),
        Case(folder / "pipe.pdf", "no regular file"),
        Case(folder / "zeros.pdf", "no regular file"),
        Case(folder / "loop-a.pdf", "cannot be opened"),
        Case(folder / "folder.pdf", "a folder"),
        Case(folder / "nowhere.pdf", "no such file"),
        Case(folder / "socket.pdf", "no regular file"),
        Case(folder / "sparse.pdf", "a letter is at most"),
        Case(folder / "absent.pdf", "no such file"),
    ]
