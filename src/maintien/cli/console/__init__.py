"""What is written to the terminal: results, notices, progress."""
