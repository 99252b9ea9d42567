"""Ways to do something at HTCondor in a person's name: who becomes the worker, with which proof.

HTCondor takes whoever it can authenticate as the owner of a job. So each way starts a process of
its own for each person, which either is that person's account (`Setuid`, `SameAccount`), or holds
a token that says so (`Tokens`).
"""

from vispa_htcondor.submit_as.accounts import SameAccount, Setuid, own_rights
from vispa_htcondor.submit_as.token import Token, UnusableToken
from vispa_htcondor.submit_as.token_source import TokenCommand, TokenFolder, signing_key
from vispa_htcondor.submit_as.tokens import Tokens
from vispa_htcondor.submit_as.way import Launch, SubmitAs

__all__ = [
    "Launch",
    "SameAccount",
    "Setuid",
    "SubmitAs",
    "Token",
    "TokenCommand",
    "TokenFolder",
    "Tokens",
    "UnusableToken",
    "own_rights",
    "signing_key",
]
