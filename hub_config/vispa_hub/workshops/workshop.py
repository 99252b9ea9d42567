"""A workshop, its seats, and who may use them when."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

SeatState = Literal["unused", "in use", "revoked"]
WorkshopState = Literal["not begun", "open", "over", "revoked"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Seat(_Record):
    """One place in a workshop: an account name and the hash of the token that opens it."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    token: str
    replaced: tuple[str, ...] = ()
    """Hashes of tokens that were this seat's before."""
    revoked: AwareDatetime | None = None
    first_used: AwareDatetime | None = None

    @property
    def state(self) -> SeatState:
        """Tell what has become of the seat so far."""
        if self.revoked:
            return "revoked"
        return "in use" if self.first_used else "unused"


class Workshop(_Record):
    """A number of seats that are open from one time to another."""

    name: str
    title: str
    begins: AwareDatetime
    ends: AwareDatetime
    seats: tuple[Seat, ...]

    def state(self, now: datetime) -> WorkshopState:
        """Tell what the workshop is at this time."""
        if all(seat.revoked for seat in self.seats):
            return "revoked"
        if now < self.begins:
            return "not begun"
        return "open" if now < self.ends else "over"

    def refusal(self, seat: Seat, now: datetime) -> str | None:
        """Say why this seat may not be used now, for who holds its token; None when it may."""
        if seat.revoked:
            return "This token was withdrawn. Ask your workshop's organiser for a new one."
        if now < self.begins:
            return f"This token is valid from {spoken(self.begins)} on. Come back then."
        if now >= self.ends:
            return f"This token was valid until {spoken(self.ends)}. Ask your workshop's organiser."
        return None

    def with_seat(self, changed: Seat) -> "Workshop":
        """Return the workshop with the seat of this name exchanged."""
        seats = (changed if seat.name == changed.name else seat for seat in self.seats)
        return self.model_copy(update={"seats": tuple(seats)})


def spoken(time: datetime) -> str:
    """Write a time as people say it, in the machine's time zone."""
    local = time.astimezone()
    return f"{local:%A}, {local.day} {local:%B %Y}, {local:%H:%M %Z}"
