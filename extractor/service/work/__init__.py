"""The work on waiting files: jobs and their queue, the processes that parse, export and report readiness."""
