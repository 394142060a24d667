"""A model served on this machine by the packages of the extra ``local``: llama.cpp's server in a process of its own."""
