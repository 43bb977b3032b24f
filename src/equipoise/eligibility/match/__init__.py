"""Many studies for one person: readings as one table of numbers, what a person shares with it, and the ranking."""
