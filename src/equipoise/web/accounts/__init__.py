"""Accounts of the people who work on trials: named, with a second factor, told of in a table that only grows."""
