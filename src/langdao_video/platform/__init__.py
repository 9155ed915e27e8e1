"""What a platform's own backend needs: links, and webhooks as typed events. Of other libraries it needs pydantic only.

The class of an event is called as its type: `session-ended` is `SessionEnded`. `langdao_video.platform.fastapi` has a
router for FastAPI.
"""

from langdao_video.delivery.signing import SecretInvalid, SignatureInvalid
from langdao_video.platform.client import (
    EventPage,
    Platform,
    PlatformError,
    SessionEvents,
    SessionLink,
    SessionView,
)
from langdao_video.platform.events import BillCorrectedEvent as BillCorrected
from langdao_video.platform.events import BillFinalEvent as BillFinal
from langdao_video.platform.events import CapChangedEvent as CapChanged
from langdao_video.platform.events import ConnectionWarningEvent as ConnectionWarning
from langdao_video.platform.events import EndRevisedEvent as EndRevised
from langdao_video.platform.events import Event, receive_event
from langdao_video.platform.events import EventOfUnknownType as UnknownEvent
from langdao_video.platform.events import GraceResolvedEvent as GraceResolved
from langdao_video.platform.events import LowBalanceEvent as LowBalance
from langdao_video.platform.events import PresenceRevisedEvent as PresenceRevised
from langdao_video.platform.events import ProofLostEvent as ProofLost
from langdao_video.platform.events import ProofResumedEvent as ProofResumed
from langdao_video.platform.events import PublicAmount as Amount
from langdao_video.platform.events import SessionCreatedEvent as SessionCreated
from langdao_video.platform.events import SessionEndedEvent as SessionEnded
from langdao_video.platform.events import TutorAcceptedEvent as TutorAccepted
from langdao_video.platform.totals import Totals, take_totals
from langdao_video.platform.webhooks import EventUnreadable, handle, verify
from langdao_video.session.events import (
    Dispute,
    SessionHeartbeat,
    UserAction,
    UserConnected,
    UserDisconnected,
)
from langdao_video.session.events import GraceDecided as GraceDecision

__all__ = [
    "Amount",
    "BillCorrected",
    "BillFinal",
    "CapChanged",
    "ConnectionWarning",
    "Dispute",
    "EndRevised",
    "Event",
    "EventPage",
    "EventUnreadable",
    "GraceDecision",
    "GraceResolved",
    "LowBalance",
    "Platform",
    "PlatformError",
    "PresenceRevised",
    "ProofLost",
    "ProofResumed",
    "SecretInvalid",
    "SessionCreated",
    "SessionEnded",
    "SessionEvents",
    "SessionHeartbeat",
    "SessionLink",
    "SessionView",
    "SignatureInvalid",
    "Totals",
    "TutorAccepted",
    "UnknownEvent",
    "UserAction",
    "UserConnected",
    "UserDisconnected",
    "handle",
    "receive_event",
    "take_totals",
    "verify",
]
