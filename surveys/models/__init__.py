"""Facts that people state: satisfaction answers."""

from surveys.models.answers import SatisfactionAnswer

__all__ = ["SatisfactionAnswer"]
