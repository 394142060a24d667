"""From a request's body to files that wait: names, multipart and JSON bodies, the spool."""
