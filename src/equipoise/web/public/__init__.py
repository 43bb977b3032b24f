"""What anyone may read: search, studies, places, comparison, feeds, exports."""
