"""A notice read with a model: packs, prompts, answers and the merged record.

Nothing here opens a socket, or a file but the templates of the prompts.
"""
