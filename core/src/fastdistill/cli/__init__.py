"""The command `fd`: one module a command, each imported when it is called."""
