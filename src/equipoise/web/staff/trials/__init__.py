"""The pages of people who run a trial: each reads through the gate of masking, and asks through actions."""
