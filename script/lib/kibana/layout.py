"""Draws the layout of a dashboard: where each chart is, with a sign for its kind."""

from html import escape

COLUMN, ROW, GAP = 20, 14, 3
BARS = (0.35, 0.6, 0.9, 1, 0.7, 0.45, 0.25)


def picture(description):
    height = max(panel.y + panel.height for panel in description.panels) * ROW
    shapes = [shape for panel in description.panels for shape in draw(panel)]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {48 * COLUMN} {height}" font-family="sans-serif" font-size="13">',
        f"<title>Layout of the dashboard {escape(description.title)}; shapes are signs, not data</title>",
        '<rect width="100%" height="100%" fill="#eef1f6"/>', *shapes, "</svg>", ""])


def draw(panel):
    x, y = panel.x * COLUMN + GAP, panel.y * ROW + GAP
    width, height = panel.width * COLUMN - 2 * GAP, panel.height * ROW - 2 * GAP
    if isinstance(panel.content, str):
        heading = panel.content.splitlines()[0].lstrip("# ")
        middle = y + height / 2 + 7
        yield f'<text x="{x + 8}" y="{middle:g}" font-size="18" font-weight="bold" fill="#1a1c21">{escape(heading)}</text>'
        return
    yield f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4" fill="#fff" stroke="#d3dae6"/>'
    title = escape(panel.content.title)
    if panel.content.kind == "metric":
        yield f'<text x="{x + 6}" y="{y + 20}" fill="#343741">{title}</text>'
        yield f'<rect x="{x + width - 50}" y="{y + height - 26}" width="42" height="16" rx="3" fill="#54b399"/>'
        return
    yield f'<text x="{x + 8}" y="{y + 20}" fill="#343741" font-weight="bold">{title}</text>'
    yield from SIGNS[panel.content.kind](x + 12, y + 32, width - 24, height - 42)


def bars(x, y, width, height, colors=("#6092c0",)):
    step = width / len(BARS)
    for number, share in enumerate(BARS):
        bottom = y + height
        for color in colors:
            part = height * share / len(colors)
            bottom -= part
            yield rectangle(x + number * step, bottom, step - 4, part, color)


def stacked(x, y, width, height):
    return bars(x, y, width, height, ("#6092c0", "#d36086", "#9170b8"))


def horizontal(x, y, width, height):
    step = height / len(BARS)
    for number, share in enumerate(sorted(BARS, reverse=True)):
        yield rectangle(x + width * 0.25, y + number * step, width * 0.75 * share, step - 4, "#6092c0")


def line(x, y, width, height):
    points = " ".join(
        f"{x + width * number / (len(BARS) - 1):g},{y + height * (1 - share):g}" for number, share in enumerate(BARS))
    yield f'<polyline points="{points}" fill="none" stroke="#6092c0" stroke-width="3"/>'


def table(x, y, width, height):
    for number in range(int(height // 18)):
        yield rectangle(x, y + number * 18, width, 12, "#c2c9d6" if number == 0 else "#eef1f6")


def rectangle(x, y, width, height, color):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{color}"/>'


SIGNS = {"bar": bars, "stacked": stacked, "horizontal": horizontal, "line": line, "table": table}
