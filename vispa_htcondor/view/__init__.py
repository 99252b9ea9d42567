"""A look at the pool, shared by all who want to know what is free and what would start.

Nothing in here talks to HTCondor itself: the ads stay in a worker (`vispa_htcondor.broker`), which
answers with numbers and matches.
"""

from vispa_htcondor.view.outlook import Outlook, Verdict
from vispa_htcondor.view.pool_view import PoolView
from vispa_htcondor.view.sight import Group, Sight, Size, Use
from vispa_htcondor.view.wanted import Wanted

__all__ = ["Group", "Outlook", "PoolView", "Sight", "Size", "Use", "Verdict", "Wanted"]
