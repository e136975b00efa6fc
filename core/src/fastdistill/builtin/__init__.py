"""The core's own rules and reporters, registered as a plugin like anybody's."""
