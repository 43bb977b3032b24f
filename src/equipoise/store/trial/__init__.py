"""Where a running trial stays: its log, the sealed store apart from it, personal data, and their backup."""
