"""The inputs: files, standard input and archive members, their bytes, charsets and limits."""
