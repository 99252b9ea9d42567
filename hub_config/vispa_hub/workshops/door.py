"""Who comes in with a token."""

import hmac
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from vispa_hub.admission.failure_limit import FailureLimit, network_of
from vispa_hub.admission.refused import Refused
from vispa_hub.workshops.store import Store
from vispa_hub.workshops.tokens import LENGTH, LONGEST_ENTRY, digest, read
from vispa_hub.workshops.workshop import Seat, Workshop

_log = logging.getLogger(__name__)

EACH, TOTAL = 40, 200
"""Wrong tokens a minute from one network, and from all, before it says: wait."""


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


class Door:
    """Lets in whoever holds the token of a seat.

    A right token always opens, however many wrong ones come from the same network: 80 random bits
    are not found by trying, and a lecture room behind one address must not lock itself out.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime] = now) -> None:
        self._store = store
        self._clock = clock
        self._limit = FailureLimit(EACH, TOTAL)

    def admit(self, entry: str, address: str) -> str:
        """Return the name of the seat whose token this is. It blocks on the disk.

        Raises `Refused` with a sentence for the person.
        """
        workshop, seat = self._seat_of(self._read(entry), address)
        if refusal := workshop.refusal(seat, self._clock()):
            raise Refused(403, refusal)
        if seat.first_used is None:
            self._note_first_use(workshop, seat)
        return seat.name

    def _read(self, entry: str) -> str:
        if len(entry) > LONGEST_ENTRY:
            raise Refused(400, "This is too long for a workshop token. Type what is on your slip.")
        if not (token := read(entry)):
            raise Refused(
                403,
                f"This is not a workshop token: it has {LENGTH} letters and digits, such as "
                "K7QM-2XPD-9R4T-VBNE. Look at your slip again.",
            )
        return token

    def _seat_of(self, token: str, address: str) -> tuple[Workshop, Seat]:
        hashed = digest(token, self._store.pepper)
        # How long the look-up takes tells something of the hash alone, and nobody can choose
        # tokens by their hash without the key; the comparison that decides takes constant time.
        workshop, seat = self._store.book().tokens.get(hashed, (None, None))
        if workshop is None or seat is None:
            raise self._unknown(address)
        if hmac.compare_digest(hashed, seat.token):
            return workshop, seat
        raise Refused(403, "This token was replaced by a newer one. Use that, or ask for it again.")

    def _unknown(self, address: str) -> Refused:
        network = network_of(address)
        if self._limit.failed(network):
            return Refused(
                429, "Too many wrong tokens from your network. Wait a minute, then try again."
            )
        _log.warning("Unknown workshop token from %s", network)
        return Refused(403, "We don't know this token. Compare it with your slip, sign by sign.")

    def _note_first_use(self, workshop: Workshop, seat: Seat) -> None:
        def used(current: Workshop) -> Workshop:
            [place] = [place for place in current.seats if place.name == seat.name]
            if place.token != seat.token or place.first_used:
                return current
            return current.with_seat(place.model_copy(update={"first_used": self._clock()}))

        try:
            self._store.change(workshop.name, used)
        except (OSError, ValueError):  # a full disk must not keep a class out
            _log.exception("Cannot note that the seat %s is in use", seat.name)
