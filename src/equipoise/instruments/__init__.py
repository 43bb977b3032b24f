"""Published clinical scores, exact: their items, what they give, where they come from, and what is not settled."""
