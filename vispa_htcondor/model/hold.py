"""Why a job is on hold."""

from dataclasses import dataclass
from typing import Self

from vispa_htcondor.model.ad import Ad, integer, text


@dataclass(frozen=True)
class Hold:
    """HTCondor's HoldReasonCode, HoldReasonSubCode (often an errno) and HoldReason."""

    PROJECTION = ("HoldReason", "HoldReasonCode", "HoldReasonSubCode")

    code: int
    subcode: int
    reason: str

    @classmethod
    def from_ad(cls, ad: Ad) -> Self | None:
        """Read the hold of a job; None when the ad tells of none."""
        hold = cls(
            integer(ad, "HoldReasonCode"), integer(ad, "HoldReasonSubCode"), text(ad, "HoldReason")
        )
        return hold if hold.code or hold.reason else None
