"""The task `fields`: what a notice says about itself, and its totals."""
