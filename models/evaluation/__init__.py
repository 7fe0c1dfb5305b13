"""Scoring a reader on the gold, and holding what was reached."""

from models.evaluation.report import Report, evaluate

__all__ = ["Report", "evaluate"]
