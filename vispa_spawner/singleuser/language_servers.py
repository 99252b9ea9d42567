"""Language servers are looked for when somebody asks for them, not by every server that starts.

jupyter_lsp looks for twenty of them, and runs `npm` to learn where, as soon as a server is up, that
is in the minute in which a course has both cores busy. Whoever asks waits for its end anyway.
"""

from functools import partial
from typing import Any

from jupyter_lsp import manager, serverextension


class LanguageServerManager(manager.LanguageServerManager):  # type: ignore[misc]  # untyped base
    """Looks for language servers with the first request about them.

    Its name is that of the section in settings.
    """

    look: Any = None

    async def ready(self) -> Any:
        """Return when the language servers are known."""
        look, self.look = self.look, None
        if look is not None:
            await look()
        return await super().ready()


def look_when_asked() -> None:
    """Let jupyter_lsp look for language servers later, once it is loaded."""
    look = serverextension.initialize

    async def keep(server: Any, *arguments: Any) -> None:
        server.language_server_manager.look = partial(look, server, *arguments)

    serverextension.LanguageServerManager = LanguageServerManager
    serverextension.initialize = keep
