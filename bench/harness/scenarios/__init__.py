"""The scenarios of the article, by name. Each module has DESCRIPTION, defaults(full) and run(session)."""

from harness.scenarios import gc, memory, overhead, overload, s1, s2, s3, s4, s5, s7, s8

BY_NAME = {"gc": gc, "memory": memory, "overhead": overhead, "overload": overload, "s1": s1, "s2": s2, "s3": s3, "s4": s4, "s5": s5, "s7": s7, "s8": s8}
