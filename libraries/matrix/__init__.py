"""The matrix of real libraries: rows, the pools that run them, what came of it, and its table."""
