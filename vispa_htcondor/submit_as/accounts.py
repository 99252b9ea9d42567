"""The worker runs in the account it speaks for; HTCondor sees that by itself."""

import os
from pathlib import Path

from vispa_htcondor.errors import Refused
from vispa_htcondor.identity import Identity
from vispa_htcondor.submit_as.way import Launch


class SameAccount:
    """Everything is done as the account of this process: a personal pool, or one for all."""

    spools = False
    hub_removes = True  # they are its own

    async def launch(self, identity: Identity) -> Launch:
        """Start the worker as what we are; nobody else can be spoken for."""
        if not identity.is_current:
            raise Refused(
                f"This process runs as {Identity.current().name} and cannot submit as "
                f"{identity.name}: run it as root, or let it submit with tokens."
            )
        return Launch(identity)

    def folder(self, identity: Identity, folder: Path) -> Path:
        """Leave the folder where it is."""
        return folder


class Setuid:
    """The worker becomes the person's account, with all its groups. Needs root."""

    spools = False
    hub_removes = True  # root is a super user of the queue

    async def launch(self, identity: Identity) -> Launch:
        """Start the worker in the person's account; a worker of root's own stays root."""
        return Launch(identity, process=identity.to_become_it())

    def folder(self, identity: Identity, folder: Path) -> Path:
        """Leave the folder where it is."""
        return folder


def own_rights() -> SameAccount | Setuid:
    """Return the way that this process can go by itself: as root to everybody, else to itself."""
    return Setuid() if os.geteuid() == 0 else SameAccount()
