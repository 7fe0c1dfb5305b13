"""Collects the press: registry, discovery, fetching, archives, extraction. Its product is the spool."""
