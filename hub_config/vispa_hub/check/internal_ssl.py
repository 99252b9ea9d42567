"""TLS among hub, proxy and servers: is it on, and for how long will its certificates do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from vispa_hub.check.finding import Finding, failed, off, ok, warning
from vispa_hub.check.waiting import in_thread
from vispa_hub.settings import Settings

PART = "internal TLS"

_SOON = timedelta(days=90)


async def probe(settings: Settings, deadline: float) -> list[Finding]:
    """Look at the authorities that the hub made for itself."""
    if not settings.hub.internal_ssl:
        return [off(PART, "hub.internal_ssl is false: hub, proxy and servers speak plain http.")]
    location = settings.internal_certs
    return [await in_thread(lambda: _look(location))]


def _look(location: Path) -> Finding:
    from vispa_hub.internal_ssl import first_end  # loads much, which most checks do not need

    try:
        end = first_end(location)
    except (OSError, ValueError) as error:
        return failed(PART, f"The certificates in {location} cannot be read: {error}.")
    if end is None:
        return ok(PART, "The certificates are not there yet; the hub makes them.")
    text = f"The authorities in {location} end on {end:%Y-%m-%d}."
    advice = f"{text} Stop all servers and the hub, and delete that folder: new ones are made."
    if end < datetime.now(UTC):
        return failed(PART, advice)
    return warning(PART, advice) if end < datetime.now(UTC) + _SOON else ok(PART, text)
