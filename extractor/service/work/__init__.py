"""What is done with files that wait: jobs and their queue, the processes that parse, export and report readiness."""
