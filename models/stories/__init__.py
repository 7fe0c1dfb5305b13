"""Story clusters: which articles print the same story, and who printed it first."""

from models.stories.cluster import Member, Options, Text, cluster, stream

__all__ = ["Member", "Options", "Text", "cluster", "stream"]
