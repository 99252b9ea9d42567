"""What can go wrong with a personal pool."""

from vispa_htcondor.errors import HTCondorError

INSTALL_INSTEAD = "Install HTCondor yourself (https://htcondor.org) and try again."


class PoolError(HTCondorError):
    """A personal pool could not be provided; the text says why and what to do."""
