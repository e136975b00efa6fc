"""What no message for people holds."""

import re

RAW = re.compile(
    r"Traceback|object has no attribute|object is not|is not iterable|unhashable|NoneType|typing\.|<class|"
    r"Attribute\(name|\[Errno|codec can't|Expecting|Extra data|list index|invalid literal|object at 0x|"
    r"\b(Type|Key|Value|Index|Attribute|Lookup|Unicode\w*|Overflow|Recursion|JSONDecode|Runtime)Error\b"
)
"""Words of an exception that was not written for people."""
