"""What a model is asked about a notice, and what is made of its answers. Pure functions: no sockets here."""
