"""Why a server did not start, in words that reach the person."""

from html import escape

from jupyterhub.spawner import SpawnException

from vispa_htcondor.errors import HTCondorError, Refused
from vispa_htcondor.submit_as.token import UnusableToken
from vispa_spawner.account import AccountError
from vispa_spawner.options import OptionsError


class ServerFailed(Exception):
    """A server did not start or did not stay; the text says why, `log` holds its last lines.

    `reason` is a word for statistics.
    """

    def __init__(self, message: str, log: str = "", reason: str = "server") -> None:
        super().__init__(message)
        self.log = log
        self.reason = reason


class StartFailed(SpawnException):  # type: ignore[misc]  # untyped base
    """Tells JupyterHub why a start failed, in words that reach each of its pages.

    Some show `message`, some look for `jupyterhub_message`, and none may show what is for the log.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        html: str = "",
        status_code: int = 400,
        log_message: str = "",
    ) -> None:
        html = html or escape(message)
        super().__init__(
            message,
            reason=reason,
            message_html=html,
            status_code=status_code,
            log_message=log_message,
        )
        self.jupyterhub_message = message
        self.jupyterhub_html_message = html


FAILURES = (OptionsError, AccountError, HTCondorError, ServerFailed)
"""What may end a start and has a sentence for the person."""


def start_failed(error: Exception) -> StartFailed:
    """Turn one of `FAILURES` into what JupyterHub understands."""
    match error:
        case OptionsError():
            return StartFailed(str(error), reason="options")
        case AccountError():
            return StartFailed(str(error), reason="account")
        case Refused():
            sentence = f"Your server could not be submitted. {error}"
            return StartFailed(sentence, reason="refused")
        case UnusableToken():
            sentence = f"Your server could not be submitted. {error} Ask your administrator."
            return StartFailed(sentence, reason="token", status_code=503)
        case HTCondorError():
            sentence = f"The cluster cannot take your server now. {error} Try again in a minute."
            return StartFailed(sentence, reason="htcondor", status_code=503)
        case ServerFailed():
            return StartFailed(
                str(error),
                reason=error.reason,
                status_code=503 if error.reason == "timeout" else 500,
                html=_with_log(error),
                log_message=f"{error}\n{error.log}",
            )
    raise error


def _with_log(error: ServerFailed) -> str:
    """Write a failure and the last lines of its log as HTML, with nothing in it that acts."""
    if not error.log:
        return escape(str(error))
    return (
        f"<p>{escape(str(error))}</p><p>The last lines of its log:</p>"
        f"<pre>{escape(error.log)}</pre>"
    )


def spoken(seconds: float) -> str:
    """Say a span of time: "90 seconds", "5 minutes", "24 hours"."""
    if seconds < 120:
        return f"{seconds:g} seconds"
    return f"{seconds / 60:g} minutes" if seconds < 7200 else f"{seconds / 3600:g} hours"
