"""A fictional press on loopback: twelve outlets, sixty nights, and the truth about every sentence they print.

`plan.build(seed)` gives the plan, `server.serve(plan, night)` answers for its hosts as an HTTP proxy,
`truth` tells what a reader should have found, `outlets.sources_dir(night)` is the registry in force.
"""

from crawlers.newsroom.outlets import sources_dir
from crawlers.newsroom.plan import build

__all__ = ["build", "sources_dir"]
