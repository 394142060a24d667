"""The service: notices come in over HTTP, wait in a queue that survives a kill, are read, and are kept with their text.

``api`` what can be asked · ``guard`` who may ask, and how much · ``uploads`` from a request to files · ``jobs`` and
``notices`` what is kept, in ``tables`` · ``queue`` what is done next · ``sandbox`` and ``worker`` where documents are
parsed · ``serving`` all of it together, as a process.
"""
