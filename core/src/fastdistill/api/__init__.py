"""What a notebook, a trainer or a service calls: the verifier, rewards, runs as Python objects.

`fastdistill` itself offers these names, loaded when first used; nothing here is needed by a plugin.
"""
