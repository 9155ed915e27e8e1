"""The fork server imports this last: it takes what is loaded by then out of Python's collector.

Each forked service collects everything once when it starts. Without this, that is half of the work of a start: it
looks at all objects of all libraries, and the system copies each page of memory that it looks at.
"""

from __future__ import annotations

import gc

gc.collect()
gc.freeze()
