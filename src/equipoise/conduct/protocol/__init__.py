"""The protocol of a trial: its types, reading it from a file, and what is wrong with one."""
