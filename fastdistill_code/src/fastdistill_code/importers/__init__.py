"""Turns released problem sets into task rows."""
