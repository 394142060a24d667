"""Gold labels, scores and reports: how good an extraction is, field by field, and where it went wrong."""
