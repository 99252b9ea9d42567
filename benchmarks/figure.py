"""One measured figure, as a line of JSON on standard output."""

import json
import sys
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """What we and a peer took for the same thing. Less is better, in every unit used here."""

    name: str
    ours: float
    peer: float
    peer_name: str
    unit: str

    @property
    def ratio(self) -> float | None:
        """Return our part of the peer's; None when the peer took nothing at all."""
        return self.ours / self.peer if self.peer else None

    def line(self) -> str:
        """Return the figure as one line of JSON, rounded to what can be told apart."""
        ratio = None if self.ratio is None else round(self.ratio, 3)
        fields = asdict(self) | {"ratio": ratio}
        fields |= {"ours": round(self.ours, 3), "peer": round(self.peer, 3)}
        return json.dumps(fields)


def say(text: str) -> None:
    """Tell a waiting person how far we are; standard output is for figures alone."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
