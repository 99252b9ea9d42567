"""What can go wrong between us and HTCondor, each with a sentence a person can act on."""


class HTCondorError(Exception):
    """Something that was asked of HTCondor did not happen; the text says what and why."""


class Unavailable(HTCondorError):
    """HTCondor did not answer: we know nothing, least of all that a job is gone."""


class Refused(HTCondorError):
    """HTCondor answered, and the answer was no."""
