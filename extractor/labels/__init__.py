"""Gold labels: label files read into records with offsets, and written from records."""
