"""The figures of activity: generated contacts and events, the same figures in SQL, and a comparison of both."""
