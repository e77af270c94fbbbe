"""What somebody should go and look at: found after the close, told on the page and by letter."""

from survey.alerts.looking import examine
from survey.alerts.telling import tell
from survey.alerts.words import KINDS, advice, limits, sentence

__all__ = ["KINDS", "advice", "examine", "limits", "sentence", "tell"]
