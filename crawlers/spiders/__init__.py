"""The one spider, and its bookkeeping."""
