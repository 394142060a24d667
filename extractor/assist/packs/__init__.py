"""The common parts of the tasks: a notice's material, its text as shown, a pack and the answer to it."""
