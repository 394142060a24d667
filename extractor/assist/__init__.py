"""A notice read with a model: packs, prompts, answers and the merged record. Nothing here opens a file or a socket,
but for the templates of the prompts."""
