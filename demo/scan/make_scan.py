#!/usr/bin/env python3
"""Write a parameter scan: 120 searches for a particle that decays into two photons.

The three parameters are the particle's mass (GeV), its width (GeV), and the cut on a classifier's
score that keeps signal and throws away background. Each point has a folder of its own, such as
`mass=125/width=2/cut=0.4`, with a plot as PNG and PDF, the numbers, and a log.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

MASSES = (115, 120, 125, 130, 135)
WIDTHS = (1, 2, 4, 8)
CUTS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9)
SIGNAL, BACKGROUND = 240, 24000
EDGES = np.linspace(100, 160, 61)
STYLE: Any = {
    "figure.figsize": (4.0, 3.0),
    "figure.dpi": 100,
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "savefig.facecolor": "white",
}


@dataclass(frozen=True)
class Point:
    """A point of the scan."""

    mass: int
    width: int
    cut: float

    @property
    def folder(self) -> Path:
        """Where its results are, below the scan's folder."""
        return Path(f"mass={self.mass}", f"width={self.width}", f"cut={self.cut}")


@dataclass(frozen=True)
class Result:
    """What is left after the cut: events in each bin, and what was found in them."""

    counts: np.ndarray
    expected_background: np.ndarray
    fitted_signal: np.ndarray
    signal: float
    background: float

    @property
    def significance(self) -> float:
        """By how many standard deviations the signal stands out of the background."""
        ratio = self.signal / self.background
        # The likelihood ratio's median, which is right for few events too.
        total = self.signal + self.background
        return float(np.sqrt(2 * (total * np.log1p(ratio) - self.signal)))


def points() -> list[Point]:
    """List all points of the scan."""
    return [Point(*values) for values in itertools.product(MASSES, WIDTHS, CUTS)]


def search(point: Point) -> Result:
    """Simulate the events of a point, cut, and look for the peak."""
    rng = np.random.default_rng([point.mass, point.width, int(point.cut * 100)])
    # The score of signal is high, that of background low: Beta distributions.
    signal_kept = rng.beta(4, 2, SIGNAL) > point.cut
    background_kept = rng.beta(1.6, 3.5, BACKGROUND) > point.cut
    peak = point.mass + point.width / 2.0 * rng.standard_t(4, SIGNAL)
    falling = 100 + rng.exponential(28, BACKGROUND)
    observed = np.concatenate([peak[signal_kept], falling[background_kept]])
    counts = np.histogram(observed, EDGES)[0]
    share = np.diff(-np.exp(-(EDGES - 100) / 28))
    expected = share * max(background_kept.sum(), 1)
    centres = (EDGES[:-1] + EDGES[1:]) / 2
    shape = (1 + ((centres - point.mass) / (point.width / 2)) ** 2 / 4) ** -2.5
    weight = shape / np.maximum(expected, 1)
    strength = max(0.0, float(np.sum(weight * (counts - expected)) / np.sum(weight * shape)))
    window = np.abs(centres - point.mass) <= max(point.width, 1)
    fitted = strength * shape
    return Result(counts, expected, fitted, float(fitted[window].sum()), expected[window].sum())


def draw(point: Point, result: Result, folder: Path) -> None:
    """Draw the spectrum with the fit, as PNG for a look and as PDF for a paper."""
    figure, axes = plt.subplots(layout="constrained")
    colour = plt.get_cmap("plasma")(WIDTHS.index(point.width) / len(WIDTHS))
    centres = (EDGES[:-1] + EDGES[1:]) / 2
    total = result.expected_background + result.fitted_signal
    axes.fill_between(centres, result.expected_background, color="0.88")
    axes.fill_between(centres, result.expected_background, total, color=colour, alpha=0.6)
    axes.plot(centres, total, color=colour, linewidth=1.5)
    axes.errorbar(
        centres, result.counts, np.sqrt(result.counts), fmt="k.", markersize=3, linewidth=0.6
    )
    axes.set(xlim=(100, 160), xlabel="two-photon mass (GeV)", ylabel="events per GeV")
    axes.set_ylim(0, 1.25 * max(total.max(), result.counts.max()) + 1)
    axes.set_title(f"m = {point.mass}, width {point.width}, score > {point.cut}")
    axes.text(
        0.97,
        0.93,
        f"{result.significance:.1f} \N{GREEK SMALL LETTER SIGMA}",
        transform=axes.transAxes,
        ha="right",
        va="top",
        fontsize=15,
        fontweight="bold",
        color="tab:green" if result.significance >= 5 else "0.45",
    )
    figure.savefig(folder / "plot.png")
    figure.savefig(folder / "plot.pdf")
    plt.close(figure)


def write(point: Point, scan: Path) -> None:
    """Write the four files of a point."""
    folder = scan / point.folder
    folder.mkdir(parents=True, exist_ok=True)
    result = search(point)
    with plt.rc_context(STYLE):
        draw(point, result, folder)
    numbers = {
        "mass": point.mass,
        "width": point.width,
        "cut": point.cut,
        "signal": round(result.signal, 1),
        "background": round(result.background, 1),
        "significance": round(result.significance, 2),
    }
    (folder / "result.json").write_text(json.dumps(numbers, indent=1) + "\n")
    (folder / "log.txt").write_text(
        f"simulated {SIGNAL} signal and {BACKGROUND} background events\n"
        f"kept {result.counts.sum()} with a score above {point.cut}\n"
        f"fitted {result.signal:.1f} signal over {result.background:.1f} background events\n"
        f"significance {result.significance:.2f}\n"
    )


def main() -> None:
    """Write the scan with two processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the scan goes")
    scan: Path = parser.parse_args().folder
    every = points()
    with ProcessPoolExecutor(2) as workers:
        list(workers.map(write, every, itertools.repeat(scan), chunksize=10))
    print(f"Wrote {len(every)} points to {scan}")


if __name__ == "__main__":
    main()
