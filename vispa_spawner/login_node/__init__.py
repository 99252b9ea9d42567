"""Servers as processes on the machine of the hub, each in its person's account."""

from vispa_spawner.login_node.backend import LoginNodeBackend

__all__ = ["LoginNodeBackend"]
