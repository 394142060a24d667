"""Work in other processes and in event loops: bounded document readers, and results in the order of the items."""
