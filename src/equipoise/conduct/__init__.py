"""Running a trial: its protocol, what people may ask for, what happened, and who may see it."""
