"""Why a server did not start, in words that reach the person."""

from html import escape

from jupyterhub.spawner import SpawnException


class ServerFailed(Exception):
    """A server did not start or did not stay; the text says why, `log` holds its last lines."""

    def __init__(self, message: str, log: str = "") -> None:
        super().__init__(message)
        self.log = log


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


def with_log(error: ServerFailed) -> str:
    """Write a failure and the last lines of its log as HTML, with nothing in it that acts."""
    if not error.log:
        return escape(str(error))
    return (
        f"<p>{escape(str(error))}</p><p>The last lines of its log:</p>"
        f"<pre>{escape(error.log)}</pre>"
    )
