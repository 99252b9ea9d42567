"""What `make demo` shows: sample data, sample scripts, and the program that runs them all."""
