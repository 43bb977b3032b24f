"""How much a person with myositis has improved between two visits, by the six core set measures."""
