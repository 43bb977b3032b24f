"""The website: pages rendered on the server, with no database, no session and no cookie of its own."""
