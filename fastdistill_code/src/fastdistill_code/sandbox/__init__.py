"""The sandbox. Everything the zygote loads (all but `host`, `levels` and `session`) is standard library
only.
"""
