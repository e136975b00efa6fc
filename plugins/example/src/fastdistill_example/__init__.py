"""An example plugin: the one that the tutorial for plugin authors builds."""
