"""The only layer that knows the other three: settings, Prefect flows, command line, reports."""
