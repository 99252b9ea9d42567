"""Find the Debian mirror this machine uses, by reading its own list of package sources."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FALLBACK_MIRROR = "http://deb.debian.org/debian"
_ONE_LINE = re.compile(r"^deb\s+(?:\[[^\]]*\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)(?P<components>.*)$")


@dataclass(frozen=True)
class Source:
    """One archive apt reads binary packages from."""

    uri: str
    suite: str
    components: tuple[str, ...]


def one_line_sources(text: str) -> Iterator[Source]:
    """Read the `deb [options] uri suite component...` format of sources.list."""
    for line in text.splitlines():
        if match := _ONE_LINE.match(line.partition("#")[0].strip()):
            yield Source(match["uri"], match["suite"], tuple(match["components"].split()))


def deb822_sources(text: str) -> Iterator[Source]:
    """Read the stanzas of a `.sources` file."""
    for stanza in re.split(r"\n[ \t]*\n", text):
        fields = _fields(stanza)
        if "deb" not in fields.get("types", "").split():
            continue
        if fields.get("enabled", "yes").strip().lower() in {"no", "false", "0"}:
            continue
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield Source(uri, suite, tuple(fields.get("components", "").split()))


def machine_sources(etc_apt: Path = Path("/etc/apt")) -> list[Source]:
    """List the sources apt reads on this machine, in apt's order."""
    parts = etc_apt / "sources.list.d"
    found: list[Source] = []
    for path in [etc_apt / "sources.list", *sorted(parts.glob("*.list"))]:
        if path.is_file():
            found += one_line_sources(path.read_text(errors="replace"))
    for path in sorted(parts.glob("*.sources")):
        found += deb822_sources(path.read_text(errors="replace"))
    return found


def debian_mirror(sources: list[Source], codename: str | None) -> str:
    """Choose the URI that serves Debian itself, whatever suite we want from it.

    `codename` is the machine's own release when it runs Debian ("bookworm"), else None. A mirror
    may have any name, so on Debian whoever serves that release's main component is one; elsewhere
    only an address that ends in /debian is.
    """
    main = [s for s in sources if "main" in s.components and not s.uri.startswith("cdrom:")]
    for source in main:
        if source.uri.rstrip("/").endswith("/debian"):
            return source.uri.rstrip("/")
    for source in main:
        if codename and source.suite == codename:
            return source.uri.rstrip("/")
    return FALLBACK_MIRROR


def machine_mirror() -> str:
    """Return the Debian mirror of this machine."""
    return debian_mirror(machine_sources(), _codename(Path("/etc/os-release")))


def _codename(os_release: Path) -> str | None:
    text = os_release.read_text() if os_release.is_file() else ""
    pairs = (line.partition("=") for line in text.splitlines())
    values = {key: value.strip().strip("\"'") for key, _, value in pairs}
    return values.get("VERSION_CODENAME") if values.get("ID") == "debian" else None


def _fields(stanza: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace():
            fields[name] = f"{fields.get(name, '')} {line.strip()}"
        else:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields
