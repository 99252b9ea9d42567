"""A way to run a single-user server: what the places have in common."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from vispa_spawner.options import ServerRequest

if TYPE_CHECKING:
    from vispa_spawner.backend_spawner import BackendSpawner

State = dict[str, Any]


class Backend(ABC):
    """Runs one server. Holds its state; the spawner it belongs to stays JupyterHub's business."""

    place: ClassVar[str]

    def __init__(self, spawner: "BackendSpawner") -> None:
        """Belong to `spawner`, which supplies account, environment and log."""
        self.spawner = spawner
        self.log = spawner.log

    @abstractmethod
    async def start(self, request: ServerRequest, patience: float) -> str:
        """Start the server and return the URL at which the hub reaches it.

        `patience` is the number of seconds it may take to come up once it has a machine.
        """

    @abstractmethod
    async def poll(self) -> int | None:
        """Return None while the server runs or nothing is known, else its exit code."""

    @abstractmethod
    async def stop(self) -> None:
        """End the server; afterwards none of its processes is left."""

    @abstractmethod
    def get_state(self) -> State:
        """Return what finds the server again after the hub restarts, as JSON values."""

    @abstractmethod
    def load_state(self, state: State) -> None:
        """Take up a server that a previous hub started."""

    async def give_up_left(self) -> None:  # noqa: B027 - most places leave nothing
        """Give up what a start that was cut off has left in this place, if anything."""

    def phase(self) -> tuple[int, str]:
        """Return how far the start is, in percent, and a sentence about it. Must be cheap."""
        return 10, "Starting your server."

    def url(self) -> str:
        """Return where the server is, if it is known better than JupyterHub's database can."""
        return ""
