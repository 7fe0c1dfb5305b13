"""Gather what a report says from the warehouse: read-only, no wall clock, the same warehouse gives the same evidence."""

from flows.evidence.night import explain, gather, strongest

__all__ = ["explain", "gather", "strongest"]
