"""The room for models' endpoints: settings, calls, limits, answers, cache. Nothing here knows what a notice is."""
