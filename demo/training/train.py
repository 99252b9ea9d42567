#!/usr/bin/env python3
"""Train a small neural network to tell two interleaved half moons apart.

Needs numpy alone; with matplotlib it also draws what it has learned. Run it here, or send it to
the cluster: `condor_submit train.sub`.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # a job keeps to the one core it asked for

import numpy as np

BATCH = 16
BAR = 24


@dataclass
class Network:
    """Two inputs, a hidden layer of tanh neurons, one output between 0 and 1."""

    w1: np.ndarray
    b1: np.ndarray
    w2: np.ndarray
    b2: np.ndarray

    @classmethod
    def random(cls, hidden: int, rng: np.random.Generator) -> Network:
        """Start from small random weights."""
        first = rng.normal(0, 1, (2, hidden))
        second = rng.normal(0, 1 / np.sqrt(hidden), (hidden, 1))
        return cls(first, np.zeros(hidden), second, np.zeros(1))

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Give for each point (rows of x, y) the probability that it is of the second moon."""
        return sigmoid(np.tanh(points @ self.w1 + self.b1) @ self.w2 + self.b2)[:, 0]

    def learn(self, points: np.ndarray, labels: np.ndarray, rate: float) -> None:
        """Take one step down the gradient of the cross entropy."""
        hidden = np.tanh(points @ self.w1 + self.b1)
        error = (sigmoid(hidden @ self.w2 + self.b2) - labels[:, None]) / len(points)
        back = error @ self.w2.T * (1 - hidden**2)
        self.w2 -= rate * hidden.T @ error
        self.b2 -= rate * error.sum(axis=0)
        self.w1 -= rate * points.T @ back
        self.b1 -= rate * back.sum(axis=0)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Squeeze any number into 0 to 1."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -50, 50))))


def two_moons(count: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw points from two half moons; the label says which one each is from."""
    labels = rng.integers(0, 2, count)
    angle = rng.uniform(0, np.pi, count)
    x = np.where(labels, 1 - np.cos(angle), np.cos(angle))
    y = np.where(labels, 0.5 - np.sin(angle), np.sin(angle))
    return np.stack([x, y], axis=1) + rng.normal(0, noise, (count, 2)), labels


def measure(network: Network, points: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Give the mean cross entropy and the share of points that are told right."""
    guess = np.clip(network(points), 1e-9, 1 - 1e-9)
    loss = -np.mean(labels * np.log(guess) + (1 - labels) * np.log(1 - guess))
    return float(loss), float(np.mean((guess > 0.5) == labels))


def train(options: argparse.Namespace) -> tuple[Network, list[dict[str, float]]]:
    """Train, with one line for each epoch."""
    rng = np.random.default_rng(options.seed)
    points, labels = two_moons(options.points, options.noise, rng)
    held_out = two_moons(2000, options.noise, rng)
    network = Network.random(options.hidden, rng)
    history = []
    began = time.monotonic()
    for epoch in range(1, options.epochs + 1):
        order = rng.permutation(len(points))
        for first in range(0, len(points), BATCH):
            batch = order[first : first + BATCH]
            network.learn(points[batch], labels[batch], options.learning_rate)
        loss, accuracy = measure(network, *held_out)
        history.append({"epoch": epoch, "loss": loss, "accuracy": accuracy})
        done = "#" * (BAR * epoch // options.epochs)
        print(
            f"epoch {epoch:3d}/{options.epochs} [{done:<{BAR}}] "
            f"loss {loss:.4f}  accuracy {accuracy:.3f}  {time.monotonic() - began:5.1f} s",
            flush=True,
        )
    return network, history


def draw(network: Network, history: list[dict[str, float]], options: argparse.Namespace) -> None:
    """Draw the loss and the border between the moons into `loss.png`."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    left.plot([each["epoch"] for each in history], [each["loss"] for each in history])
    left.set(xlabel="epoch", ylabel="loss", yscale="log")
    points, labels = two_moons(800, options.noise, np.random.default_rng(options.seed + 1))
    x, y = np.meshgrid(np.linspace(-1.8, 2.8, 160), np.linspace(-1.4, 1.9, 120))
    guess = network(np.stack([x.ravel(), y.ravel()], axis=1)).reshape(x.shape)
    right.contourf(x, y, guess, levels=20, cmap="RdBu", alpha=0.8)
    right.contour(x, y, guess, levels=[0.5], colors="black", linewidths=1)
    right.scatter(*points.T, c=labels, cmap="RdBu", s=8, edgecolors="white", linewidths=0.3)
    right.set(title=f"{history[-1]['accuracy']:.1%} told apart", xticks=[], yticks=[])
    figure.savefig(options.output / "loss.png", dpi=120)


def main() -> None:
    """Train, and write `metrics.json` and, with matplotlib, `loss.png`."""
    options = arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    print(f"Training {options.hidden} neurons on {options.points} points", flush=True)
    network, history = train(options)
    chosen = {name: value for name, value in vars(options).items() if name != "output"}
    metrics = {"parameters": chosen, "final": history[-1], "history": history}
    (options.output / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n")
    try:
        draw(network, history, options)
    except ImportError as error:
        print(f"No plot: {error}")
    print(f"Done: the results are in {options.output.resolve()}")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learning-rate", type=float, default=0.01)
    parser.add_argument("--hidden", type=int, default=16, help="neurons in the hidden layer")
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--noise", type=float, default=0.2, help="how blurred the moons are")
    parser.add_argument("--points", type=int, default=140000, help="points to learn from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, default=Path(), help="folder of the results")
    parser.add_argument("--quick", action="store_true", help="a second instead of twenty")
    options = parser.parse_args()
    if options.quick:
        options.epochs, options.points = min(options.epochs, 10), min(options.points, 20000)
    return options


if __name__ == "__main__":
    main()
