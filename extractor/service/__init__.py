"""The extractor as a service: notices come in over HTTP, wait in a queue that survives a kill, are read and are stored.

Each room imports only those before it: ``http`` (requests, access and limits), ``store`` (the database), ``intake``
(from a body to files), ``work`` (jobs, queue and processes), ``desk`` (pages). Above them are ``notice_posts`` (the
route that takes notices), ``api`` (the other routes), ``application`` (routes and errors together), and ``server`` (the
process).
"""
