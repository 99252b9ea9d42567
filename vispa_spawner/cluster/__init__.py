"""Servers as HTCondor jobs, each submitted by its person's account."""

from vispa_spawner.cluster.backend import ClusterBackend

__all__ = ["ClusterBackend"]
