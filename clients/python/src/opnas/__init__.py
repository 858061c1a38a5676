"""Client of the OP-NAS Platform's API."""

from opnas.client import LEADERBOARD_COLUMNS, Client
from opnas.errors import ApiUnreachable, OpnasError
from opnas.evaluation import Candidate, Candidates
from opnas.events import Events
from opnas.models import Event, Run

__all__ = [
    "LEADERBOARD_COLUMNS",
    "ApiUnreachable",
    "Candidate",
    "Candidates",
    "Client",
    "Event",
    "Events",
    "OpnasError",
    "Run",
]
