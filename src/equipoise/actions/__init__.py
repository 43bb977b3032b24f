"""One function for each thing a person can ask for; the only place a transaction opens."""
