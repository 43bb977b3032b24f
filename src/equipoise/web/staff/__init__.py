"""Pages for the people of a hospital or a trial unit. Closed unless the host sets a password."""
