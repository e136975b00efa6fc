"""A teacher whose answers exist already: replies from files, found by task, judged like any other."""
