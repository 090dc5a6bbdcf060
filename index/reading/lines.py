"""Arrange placed glyphs into lines in reading order: columns, margins, raised marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.records import Line, Run

# Wider than this (in em) between two pieces of one baseline is a space; kerning stays below.
SPACE_EM = 0.13
# Wider than this parts two cells or columns.
CELL_EM = 1.6
# Fewer equal gaps in a row may be chance.
MANY_WORDS = 4
# A page with so many characters shows by itself where its text stands.
FULL_PAGE = 900
# A margin is at most this part of the page; the label of an item has at most so many characters.
MARGIN_WIDTH = 0.3
# A second column of text holds at least this part of what the first does; a margin holds less.
COLUMN_SHARE = 0.3
# Lines of the text start at most this far (in points) from the left edge of most of them.
NEAR_LEFT = 60.0
LABEL = 4
# "Antwoord op vragen 12 en 13" may hang before a line of text, as "1." or a bullet does.
LONGEST_HANGING, SHORTEST_HUNG = 28, 25
# An accent that starts this far (in em) before the letter's end is printed over it.
OVERPRINT_EM = 0.12
# "Kostic´" with the accent printed over the c: sign -> combining mark.
OVERPRINTED = {
    "´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "¸": "\u0327", "ˇ": "\u030c",
    "˘": "\u0306", "˙": "\u0307", "˛": "\u0328", "˚": "\u030a", "˝": "\u030b",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A stretch of text as a page places it; lengths in points."""

    text: str
    x: float
    right: float
    y: float
    size: float
    bold: bool = False
    hidden: bool = False
    level: bool = True


@dataclass(slots=True)
class _Row:
    """Pieces on one baseline, with those raised or lowered beside it."""

    y: float
    size: float
    pieces: list[Glyphs]


@dataclass(frozen=True, slots=True)
class _Segment:
    """A part of a row without a gap as wide as a cell's."""

    pieces: tuple[Glyphs, ...]
    y: float
    size: float

    @property
    def x(self) -> float:
        return self.pieces[0].x

    @property
    def right(self) -> float:
        return max(piece.right for piece in self.pieces)

    @property
    def weight(self) -> int:
        return sum(len(piece.text) for piece in self.pieces)

    @property
    def own_size(self) -> float:
        return self.pieces[0].size


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """The glyphs of a page, in any order, and its width in points."""

    glyphs: Sequence[Glyphs]
    width: float


def arrange(pages: Sequence[PlacedPage]) -> list[tuple[Line, ...]]:
    """Return the lines of each page in reading order.

    Parameters
    ----------
    pages : sequence of PlacedPage
        All pages of a document: where its column of text stands shows on the full ones.

    Returns
    -------
    list of tuple of Line
        Body from top to bottom (columns one after the other), after it what stands in the
        margins, with the role ``"margin"``; a row of cells has the role ``"table"``.
    """
    segmented = [_page_segments(page) for page in pages]
    common: dict[int, list[_Segment]] = {}
    for page, own in zip(pages, segmented, strict=True):
        common.setdefault(round(page.width), []).extend(own)
    columns = {width: _text_column(found) for width, found in common.items() if found}
    return [
        _arrange(page, own, _text_column(own) if _is_full(own) else columns.get(round(page.width), (0.0, page.width)))
        for page, own in zip(pages, segmented, strict=True)
    ]


def _is_full(segments: list[_Segment]) -> bool:
    """Whether a page shows by itself where its text stands; a last page with one line does not."""
    return sum(segment.weight for segment in segments) >= FULL_PAGE


def _page_segments(page: PlacedPage) -> list[_Segment]:
    level = [piece for piece in page.glyphs if piece.level and piece.text]
    return [segment for row in _rows(level) for segment in _segments(row)]


def _arrange(page: PlacedPage, segments: list[_Segment], column: tuple[float, float]) -> tuple[Line, ...]:
    body, margin = _part_margins(segments, column, page.width)
    lines = [line for part in _columns(body) for line in _lines(part, "")]
    lines += _lines(margin, "margin")
    tilted = [piece for piece in page.glyphs if not piece.level and piece.text.strip()]
    lines += [Line((_run([piece], piece.y),), piece.y, "margin") for piece in tilted]
    return tuple(line for line in lines if line.text.strip())


def _rows(glyphs: Sequence[Glyphs]) -> list[_Row]:
    """Group by baseline; a smaller piece that overlaps a row's height belongs to that row."""
    rows: list[_Row] = []
    ordered = sorted(enumerate(glyphs), key=lambda item: (-item[1].size, -item[1].y, item[0]))
    by_place: dict[int, list[_Row]] = {}
    for _, piece in ordered:
        row = _row_for(piece, by_place)
        if row is None:
            row = _Row(piece.y, piece.size, [])
            rows.append(row)
            by_place.setdefault(round(row.y / 8), []).append(row)
        row.pieces.append(piece)
    for row in rows:
        row.pieces.sort(key=lambda piece: piece.x)
    rows.sort(key=lambda row: -row.y)
    return rows


def _row_for(piece: Glyphs, by_place: dict[int, list[_Row]]) -> _Row | None:
    """Return the row that a piece belongs to: the nearest, but for a small piece the one that it touches."""
    best: tuple[bool, float] | None = None
    found: _Row | None = None
    place = round(piece.y / 8)
    for near in (place - 1, place, place + 1):
        for row in by_place.get(near, ()):
            off = piece.y - row.y
            small = piece.size < 0.95 * row.size
            # A raised mark stands up to 0.65 of the row's size above it, an index up to 0.35 below.
            in_reach = -0.35 * row.size <= off <= 0.65 * row.size
            touches = small and in_reach and _touches(piece, row)
            if (abs(off) <= 0.25 * row.size or touches) and (best is None or (small and not touches, abs(off)) < best):
                best, found = (small and not touches, abs(off)), row
    return found


def _touches(piece: Glyphs, row: _Row) -> bool:
    """Whether a small piece follows or precedes a piece of the row closely, as marks do."""
    reach = 0.6 * row.size
    return any(
        other.right - reach <= piece.x <= other.right + reach or other.x - reach <= piece.right <= other.x + reach
        for other in row.pieces
    )


def _segments(row: _Row) -> list[_Segment]:
    if _is_justified(row):
        return [_Segment(tuple(_trim(row.pieces)), row.y, row.size)]
    parts: list[list[Glyphs]] = []
    for piece in row.pieces:
        if not piece.text.strip() and (not parts or piece.x - parts[-1][-1].right > CELL_EM * row.size):
            continue
        if parts and piece.x - max(p.right for p in parts[-1]) <= CELL_EM * row.size:
            parts[-1].append(piece)
        else:
            parts.append([piece])
    trimmed = [_trim(part) for part in parts]
    return [_Segment(tuple(part), row.y, row.size) for part in trimmed if part]


def _is_justified(row: _Row) -> bool:
    """Whether the words of a row stand equally far apart, as in a narrow column set flush on both sides."""
    words = [piece for piece in row.pieces if piece.text.strip()]
    if len(words) < MANY_WORDS or any(" " in piece.text.strip() for piece in words):
        return False
    gaps = [after.x - before.right for before, after in pairwise(words)]
    return max(gaps) - min(gaps) < 0.3 * row.size and min(gaps) > 0


def _trim(part: list[Glyphs]) -> list[Glyphs]:
    while part and not part[0].text.strip():
        part = part[1:]
    while part and not part[-1].text.strip():
        part = part[:-1]
    return part


def _part_margins(
    segments: list[_Segment], column: tuple[float, float], page_width: float
) -> tuple[list[_Segment], list[_Segment]]:
    """Part the segments that stand wholly beside the column of text."""
    left, right = column
    rows: dict[float, list[_Segment]] = {}
    for segment in segments:
        if segment.right > left and segment.x < right:
            rows.setdefault(round(segment.y, 1), []).append(segment)
    beside = [
        segment
        for segment in segments
        if (segment.right <= left - 4 or segment.x >= right + 4)
        and segment.right - segment.x <= MARGIN_WIDTH * page_width
        # "1." or "•" before an item that hangs far to the right belongs to the item.
        and not (segment.weight <= LABEL and segment.right <= left and round(segment.y, 1) in rows)
    ]
    cells = _outer_cells(beside, rows, left)
    margin = {id(segment) for segment in beside if id(segment) not in cells}
    return [s for s in segments if id(s) not in margin], [s for s in segments if id(s) in margin]


def _outer_cells(beside: list[_Segment], rows: dict[float, list[_Segment]], left: float) -> set[int]:
    """Return what stands beside the text but belongs to a row of it.

    That is a cell of a table wider than the text, or a heading that hangs before its line:
    its row goes on within the text in the same size. A line of the letterhead stands, in
    another size, at the height of a line of text by chance.
    """
    sure = []
    for segment in beside:
        row = [other for other in rows.get(round(segment.y, 1), ()) if abs(other.own_size - segment.own_size) < 0.3]
        # On the left stands what hangs before its line («Vraag 1»); on the right only a cell is sure.
        if len(row) > 1 or (row and (row[0].x > left + 10 or segment.right <= left)):
            sure.append(segment)
    return {
        id(segment)
        for segment in beside
        for cell in sure
        # The second line of a cell stands under its first, even where the other cells have none.
        if abs(segment.x - cell.x) < 3 and abs(segment.y - cell.y) < 4 * max(cell.own_size, 1)
    }


def _text_column(segments: list[_Segment]) -> tuple[float, float]:
    """Return the left and right edge between which most of the text stands, in one column or more."""
    wide = [segment for segment in segments if segment.weight >= 25] or segments
    starts: dict[int, int] = {}
    for segment in wide:
        starts[round(segment.x / 2)] = starts.get(round(segment.x / 2), 0) + segment.weight
    most = max(starts.values())
    columns = [2.0 * x for x, weight in starts.items() if weight >= COLUMN_SHARE * most]
    left = min(2.0 * x for x, weight in starts.items() if weight == most)
    # A wide line in the margin must not draw the edge to itself: only what starts at a column counts.
    near = [(s.right, s.weight) for s in wide if any(x - 2 <= s.x <= x + NEAR_LEFT for x in columns)]
    return min(left, *columns), _quantile(near, 0.98)


def _quantile(values: list[tuple[float, int]], share: float) -> float:
    values = sorted(values)
    total = sum(weight for _, weight in values)
    seen = 0
    for value, weight in values:
        seen += weight
        if seen >= share * total:
            return value
    return values[-1][0]


def _columns(segments: list[_Segment]) -> list[list[_Segment]]:
    """Part the body in columns of running text; tables stay whole."""
    gutter = _gutter(segments)
    if gutter is None:
        return [segments]
    columns: list[list[_Segment]] = []
    left: list[_Segment] = []
    right: list[_Segment] = []
    for segment in segments:
        if segment.right <= gutter + 1:
            left.append(segment)
        elif segment.x >= gutter - 1:
            right.append(segment)
        else:
            # A line across both columns, such as a title, ends what stands above it.
            columns += [left, right, [segment]]
            left, right = [], []
    columns += [left, right]
    return [column for column in columns if column]


def _gutter(segments: list[_Segment]) -> float | None:
    """Return the x between two columns of running text, or None when there is one column."""
    if len(segments) < 20:
        return None
    starts: dict[int, int] = {}
    for segment in segments:
        if segment.weight >= 20:
            starts[round(segment.x)] = starts.get(round(segment.x), 0) + 1
    many = sorted(x for x, count in starts.items() if count >= 8)
    if len(many) < 2:
        return None
    candidate = many[-1] - 2.0
    before = [segment for segment in segments if segment.x < candidate]
    crossing = [segment for segment in before if segment.right > candidate]
    if len(before) < 8 or len(crossing) > 0.1 * len(segments):
        return None
    return candidate


def _lines(segments: list[_Segment], role: str) -> list[Line]:
    rows: list[list[_Segment]] = []
    for segment in segments:
        if rows and abs(rows[-1][0].y - segment.y) < 0.1:
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [_line(row, role) for row in rows]


def _line(row: list[_Segment], role: str) -> Line:
    runs: list[Run] = []
    for index, segment in enumerate(row):
        cell = _runs(segment)
        if index:
            last = runs[-1]
            runs[-1] = Run(last.text + "\t", last.font_size, last.rise, last.x, last.width, last.bold)
        runs += cell
    return Line(tuple(runs), row[0].y, role or ("table" if _is_table_row(row) else ""))


def _is_table_row(row: list[_Segment]) -> bool:
    """Whether segments are cells; a number, bullet or heading that hangs before a text is none."""
    if len(row) != 2:
        return len(row) > 2
    return not (row[0].weight <= LONGEST_HANGING and row[1].weight >= SHORTEST_HUNG and row[1].weight > row[0].weight)


def _runs(segment: _Segment) -> list[Run]:
    groups: list[list[Glyphs]] = []
    for piece in segment.pieces:
        last = groups[-1][-1] if groups else None
        alike = last is not None and last.size == piece.size and last.bold == piece.bold
        if alike and last is not None and abs(last.y - piece.y) < 0.05 * max(piece.size, 1):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    runs: list[Run] = []
    for group in groups:
        run = _run(group, segment.y)
        if runs and _needs_space(runs[-1], run):
            last_run = runs[-1]
            runs[-1] = Run(
                last_run.text + " ", last_run.font_size, last_run.rise, last_run.x, last_run.width, last_run.bold
            )
        runs.append(run)
    return runs


def _needs_space(last: Run, run: Run) -> bool:
    gap = run.x - (last.x + last.width)
    size = min(last.font_size, run.font_size)
    return gap > SPACE_EM * size and not last.text.endswith(" ") and not run.text.startswith(" ")


def _run(group: list[Glyphs], baseline: float) -> Run:
    text = ""
    right = group[0].x
    for piece in group:
        gap = piece.x - right
        if text and gap > SPACE_EM * piece.size and not text.endswith(" ") and not piece.text.startswith(" "):
            text += " "
        text += _overprinted(piece, gap) if text else piece.text
        right = max(right, piece.right)
    first = group[0]
    return Run(
        text=unicodedata.normalize("NFC", text),
        font_size=first.size,
        rise=round(first.y - baseline, 1),
        x=round(first.x, 1),
        width=round(right - first.x, 1),
        bold=first.bold,
    )


def _overprinted(piece: Glyphs, gap: float) -> str:
    """Return the text, with an accent that is printed over the letter before it as part of that letter."""
    mark = OVERPRINTED.get(piece.text[:1])
    return mark + piece.text[1:] if mark and gap < -OVERPRINT_EM * piece.size else piece.text
