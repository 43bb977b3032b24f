"""The API of running trials: what the pages show and ask for, with a token scoped to role and site."""
