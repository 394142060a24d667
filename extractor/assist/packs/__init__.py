"""What the three tasks share: a notice's material, how its text is shown, a pack and the answer to it."""
