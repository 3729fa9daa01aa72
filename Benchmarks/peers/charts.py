"""The two pictures of a run, as SVG."""

from pathlib import Path

INK, KINDRED, PEER = "#333333", "#2a6f97", "#c9ced6"


def draw(folder: str, ratios: list, growth: dict, sizes: dict) -> dict:
    """Called in a process of its own, for matplotlib is large."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({
        "svg.hashsalt": "kindred", "svg.fonttype": "none", "font.size": 9, "axes.spines.top": False,
        "axes.spines.right": False, "text.color": INK, "axes.labelcolor": INK})
    if ratios:
        save(ratio_bars(ratios), Path(folder) / "ratios.svg")
    if growth:
        save(growth_lines(growth, sizes), Path(folder) / "growth.svg")
    return {}


def save(figure, path: Path) -> None:
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None, "Creator": None})


def ratio_bars(ratios: list):
    """A bar from 1 for each peer of each job: its seconds over kindred's; [job and shape, program, ratio] each."""
    import matplotlib.pyplot as plot

    figure, axes = plot.subplots(figsize=(7.5, 0.6 + 0.24 * len(ratios) + 0.25 * len({job for job, _, _ in ratios})))
    position, ticks, labels, previous = 0.0, [], [], None
    for job, program, ratio in ratios:
        if job != previous:
            position += 1.6 if previous else 0
            axes.text(1, position - 0.8, job, weight="bold", va="center")
        axes.barh(position, ratio - 1, left=1, color=PEER if ratio < 1 else KINDRED, height=0.75)
        axes.text(max(ratio, 1) * 1.04, position, f"{ratio:.3g}×", va="center")
        ticks.append(position)
        labels.append(program)
        position += 1
        previous = job
    axes.axvline(1, color=INK, linewidth=0.8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}×")
    axes.set_yticks(ticks, labels)
    axes.invert_yaxis()
    axes.set_xlabel("seconds over kindred's, medians: to the right of the line kindred is faster")
    return figure


def growth_lines(growth: dict, sizes: dict):
    """Seconds of each stage and peak memory over the ratings; `growth` is stage → shape → cost."""
    import matplotlib.pyplot as plot

    figure, panels = plot.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
    for axes, is_memory, label in ((panels[0], False, "seconds"), (panels[1], True, "peak memory, MB")):
        for stage, by_shape in growth.items():
            if stage.startswith("memory") != is_memory:
                continue
            shapes = sorted(by_shape, key=lambda shape: sizes[shape])
            costs = [by_shape[shape] / (1e6 if is_memory else 1) for shape in shapes]
            axes.plot([sizes[shape] for shape in shapes], costs, marker="o", markersize=3.5, label=stage)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("ratings")
        axes.set_ylabel(label)
        axes.grid(alpha=0.25)
        axes.legend(frameon=False, fontsize=7.5)
    return figure
