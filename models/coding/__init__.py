"""Coding by people: files to fill in, what may stand in them, gold from several coders, and how far coders agree."""
