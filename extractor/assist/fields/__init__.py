"""The task `fields`: a notice's own fields, and its totals."""
