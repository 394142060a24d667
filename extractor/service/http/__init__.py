"""A request before it means anything: access, limits, slow clients, and the answers that every route can give."""
