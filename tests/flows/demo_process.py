"""The command line as a user starts it."""

import sys


def demo_command(home, *options):
    return [sys.executable, "-m", "flows.cli", "demo", "--home", str(home), *options]
