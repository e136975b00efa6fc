"""The kinds of tests: each becomes a suite of calls and of checks on what they return."""
