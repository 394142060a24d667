"""Runs: many notices into one folder, with a report; unfinished work is taken up by the next run."""
