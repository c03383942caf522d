"""A drawing of boxes, arrows and text as SVG. Pure, and the same text for the same drawing.

No library: a text's width has to be known before anything is placed, and those that know it bring a font engine with them.
"""

from html import escape

FONT = "DejaVu Sans, Verdana, Geneva, sans-serif"
_NARROW, _SLIM, _WIDE = "iljI.,:;'|! ", 'ftr()[]-/"1', "mwMW%@"


def width_of(text: str, size: float, bold: bool = False) -> float:
    """How wide a text is at most, in the widest of the fonts.

    Args:
        text: One line.
        size: Of the font, in pixels.
        bold: Whether it is bold.
    """
    ems = 0.0
    for letter in text:
        if letter in _NARROW:
            ems += 0.38
        elif letter in _SLIM:
            ems += 0.48 if letter != "1" else 0.64
        elif letter in _WIDE or ord(letter) > 0x2FF:
            ems += 1.0
        else:
            ems += 0.72 if letter.isupper() else 0.64
    return ems * size * (1.12 if bold else 1)


def wrapped(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """A text in lines that are not wider than `width`; a word that is gets broken."""
    lines = [""]
    for word in text.split():
        while word:
            line = f"{lines[-1]} {word}".strip()
            if width_of(line, size, bold) <= width:
                lines[-1] = line
                break
            if lines[-1]:
                lines.append("")
                continue
            fits = max(1, sum(width_of(word[: end + 1], size, bold) <= width for end in range(len(word))))
            lines[-1], word = word[:fits], word[fits:]
            if word:
                lines.append("")
    return lines


def _safe(text: str) -> str:
    """A text in XML, without the characters that XML does not have."""
    return escape("".join(letter if letter.isprintable() else " " for letter in text))


class Drawing:
    """What has been drawn; the origin is top left, and lengths are pixels."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def box(self, x: float, y: float, width: float, height: float, fill: str, stroke: str = "none", radius: float = 6) -> None:
        """A rectangle."""
        self._parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" fill="{fill}" stroke="{stroke}"/>'
        )

    def text(
        self, x: float, y: float, text: str, size: float = 13, *, bold: bool = False, fill: str = "#1f2933", anchor: str = "start"
    ) -> None:
        """One line; `y` is its base line."""
        weight = ' font-weight="bold"' if bold else ""
        self._parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size:g}"{weight} fill="{fill}" text-anchor="{anchor}">{_safe(text)}</text>'
        )

    def arrow(self, *points: tuple[float, float], dashed: bool = False) -> None:
        """A line through some points, with a head at its end."""
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        path = " L".join(f"{x:g} {y:g}" for x, y in points)
        self._parts.append(f'<path d="M{path}" stroke="#52606d" stroke-width="1.5" fill="none"{dashes} marker-end="url(#head)"/>')

    def lines(self, x: float, y: float, text: str, width: float, size: float = 13, *, bold: bool = False, fill: str = "#1f2933") -> float:
        """A text in as many lines as it needs below `y`, its top; returns where they end."""
        for line in wrapped(text, width, size, bold):
            y += size * 1.4
            self.text(x, y - size * 0.35, line, size, bold=bold, fill=fill)
        return y

    def render(self, width: float, height: float, title: str, description: str) -> str:
        """The whole file.

        Args:
            width: Of the canvas.
            height: Of the canvas.
            title: What it is, for who cannot see it.
            description: What it shows, for the same.
        """
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
            f' role="img" aria-labelledby="title description" font-family="{FONT}">'
        )
        return "\n".join(
            [
                head,
                f'<title id="title">{_safe(title)}</title>',
                f'<desc id="description">{_safe(description)}</desc>',
                '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
                '<path d="M0 0 L8 4 L0 8 z" fill="#52606d"/></marker></defs>',
                f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
                *self._parts,
                "</svg>",
                "",
            ]
        )
