"""Criteria a computer can answer and a person can check: from text to expression to verdict, question and SQL."""
