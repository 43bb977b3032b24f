"""What a sound protocol keeps to: each rule a small function from what is known of a protocol to its problems."""
