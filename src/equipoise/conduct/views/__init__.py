"""What people see of a running trial: pure functions of the trial, who looks, and the day; all pass the one gate."""
