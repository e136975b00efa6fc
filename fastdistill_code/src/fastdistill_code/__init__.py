"""Python code as a scenario: tasks, a sandbox for hostile programs, and a gate over what they return.

Keep this file empty: the sandbox's zygote imports the package with nothing but the standard library.
"""
