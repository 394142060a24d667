"""The pages that people work at: inbox, review, sign-in, and the page of a notice."""
