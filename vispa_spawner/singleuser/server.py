"""JupyterHub's single-user server, on a socket that is bound already."""

import asyncio
import os
import socket
from typing import Any

from jupyter_server import serverapp
from jupyterhub.singleuser import extension
from traitlets import default

from vispa_spawner.singleuser import quick, tls
from vispa_spawner.singleuser.ending import end_in_time
from vispa_spawner.singleuser.place import Place
from vispa_spawner.singleuser.report import report
from vispa_spawner.singleuser.terminal import shell_command
from vispa_spawner.spawn_file import SpawnFile


def serve(listener: socket.socket, spawn: SpawnFile) -> None:
    """Run the single-user server on `listener` until it is told to stop."""
    place = Place.of(listener)
    prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/")
    os.environ["JUPYTERHUB_SERVICE_URL"] = f"{place.url}{prefix}"

    class ServerApp(serverapp.ServerApp):  # its name is that of its settings
        """A server application that serves on the given socket instead of choosing a port."""

        @default("terminado_settings")
        def _default_terminado_settings(self) -> dict[str, Any]:
            shell = os.environ.get("SHELL", "/bin/sh")
            return {"shell_command": shell_command(shell, os.environ["PATH"])}

        def _find_http_port(self) -> None:
            """Keep the port: it is bound."""

        def _bind_http_server_tcp(self) -> bool:
            end_in_time(self)
            self._opened = asyncio.ensure_future(self._open())
            self._opened.add_done_callback(self._see_opened)
            return True

        def start_ioloop(self) -> None:
            if quick.is_wanted():
                quick.when_up()
            super().start_ioloop()

        async def _open(self) -> None:
            """Say where this server is, and serve. Who connects meanwhile waits in the socket."""
            if spawn.report_url:
                context = tls.client_context()
                answer = await report(spawn.report_url, place.said, place.address, context)
                if tls.installed():
                    tls.renew(answer["certificate"])
            if tls.installed():
                # jupyter-server's own context would be made anew for each connection.
                self.http_server.ssl_options = tls.server_context()
            self.http_server.add_socket(listener)

        def _see_opened(self, task: "asyncio.Task[Any]") -> None:
            if not task.cancelled() and (error := task.exception()) is not None:
                self.log.critical("The hub could not be told where this server is: %s", error)
                self.exit(1)

    if quick.is_wanted():
        quick.before_launch()
    extension.JupyterHubSingleUser.serverapp_class = ServerApp
    try:
        extension.JupyterHubSingleUser.launch_instance(spawn.arguments)
    finally:
        tls.remove()
