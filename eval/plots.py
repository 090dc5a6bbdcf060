"""Small plots as SVG text: nothing is fetched, every text is escaped.

Colours come from the page (`currentColor` and the classes of `eval.report`), so that they follow its theme; what a
colour says is also said by a pattern of place or a label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 520, 236
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 28, 40


def _svg(title: str, body: Sequence[str], height: int = HEIGHT) -> str:
    label = escape(title, quote=True)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}"><title>{escape(title)}</title>'
        + "".join(body)
        + "</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, name: str) -> str:
    return f'<line class="{name}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _rect(x: float, y: float, width: float, height: float, name: str, title: str) -> str:
    return (
        f'<rect class="{name}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}">'
        f"<title>{escape(title)}</title></rect>"
    )


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _axes(x_title: str, y_title: str, x_ticks: Mapping[float, str], y_ticks: Mapping[float, str]) -> list[str]:
    body = [_line(_x(0), _y(0), _x(1), _y(0), "axis"), _line(_x(0), _y(0), _x(0), _y(1), "axis")]
    body += [_text(_x(at), _y(0) + 15, label) for at, label in x_ticks.items()]
    for at, label in y_ticks.items():
        body += [_line(_x(0), _y(at), _x(1), _y(at), "grid"), _text(_x(0) - 5, _y(at) + 4, label, "end")]
    return [*body, _text(_x(0.5), HEIGHT - 6, x_title), _text(4, 14, y_title, "start")]


SHARES = {0.0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1.0: "1"}


def distributions(title: str, groups: Mapping[str, Sequence[float]], x_title: str, bins: int = 20) -> str:
    """Draw how values in 0..1 are spread, the bars of the groups side by side.

    Parameters
    ----------
    groups : mapping of str to sequence of float
        At most two; each is drawn as shares of its own size.
    """
    shares = {name: _histogram(values, bins) for name, values in groups.items()}
    top = max((share for row in shares.values() for share in row), default=0) or 1
    body = _axes(x_title, "share of the group", SHARES, {0.5: f"{top / 2:.2f}", 1.0: f"{top:.2f}"})
    width = (_x(1) - _x(0)) / bins / max(len(shares), 1)
    for place, (name, row) in enumerate(shares.items()):
        for number, share in enumerate(row):
            x = _x(number / bins) + place * width
            note = f"{name}, {number / bins:.2f}-{(number + 1) / bins:.2f}: {share:.3f}"
            body.append(_rect(x, _y(share / top), width - 0.6, _y(0) - _y(share / top), f"series{place}", note))
        body.append(_rect(_x(0.04), TOP + 4 + 16 * place, 10, 10, f"series{place}", name))
        body.append(_text(_x(0.04) + 16, TOP + 13 + 16 * place, f"{name} (n = {len(groups[name])})", "start"))
    return _svg(title, body)


def _histogram(values: Sequence[float], bins: int) -> list[float]:
    counts = [0] * bins
    for value in values:
        counts[min(max(int(value * bins), 0), bins - 1)] += 1
    return [count / len(values) for count in counts] if values else [0.0] * bins


def reliability(title: str, points: Sequence[tuple[float, float, int]]) -> str:
    """Draw how often the first hit was right against what the confidence promised.

    Parameters
    ----------
    points : sequence of (float, float, int)
        Mean confidence, share that was right, and number of questions of every bin.
    """
    body = _axes("confidence", "share that was right", SHARES, {at: label for at, label in SHARES.items() if at})
    body.append(_line(_x(0), _y(0), _x(1), _y(1), "ideal"))
    largest = max((count for _, _, count in points), default=1)
    for promised, kept, count in points:
        radius = 3 + 6 * (count / largest) ** 0.5
        note = f"{count} questions: confidence {promised:.2f}, right {kept:.2f}"
        body.append(
            f'<circle class="series0" cx="{_x(promised):.1f}" cy="{_y(kept):.1f}" r="{radius:.1f}">'
            f"<title>{escape(note)}</title></circle>"
        )
    return _svg(title, body)


def bars(title: str, values: Mapping[str, tuple[float, float | None]], names: tuple[str, str]) -> str:
    """Draw one or two shares in 0..1 a row, the first above the second.

    Parameters
    ----------
    values : mapping of str to (float, float or None)
        By row label, from top to bottom.
    names : tuple of str
        What the two are.
    """
    row, left = 30, 150
    height = TOP + row * len(values) + 24
    scale = WIDTH - left - 60
    body = []
    for number, (label, pair) in enumerate(values.items()):
        y = TOP + row * number
        body.append(_text(left - 6, y + 16, label, "end"))
        for place, value in enumerate(pair):
            if value is not None:
                x, top = left, y + 3 + 11 * place
                body.append(_rect(x, top, scale * value, 10, f"series{place}", f"{label}, {names[place]}: {value:.3f}"))
                body.append(_text(left + scale * value + 4, top + 9, f"{value:.2f}", "start"))
    for place, name in enumerate(names):
        x = left + 150 * place
        body += [_rect(x, height - 16, 10, 10, f"series{place}", name), _text(x + 15, height - 7, name, "start")]
    return _svg(title, body, height)
