"""What knows endpoints: settings, calls, limits, answers, cache. Nothing here knows what a notice is."""
