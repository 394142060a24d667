"""The task `labels`: categories, types, states and the candidates of numbered issues and measures."""
