class HarnessError(Exception):
    """Ends the program. The text is one sentence that names the cause and, if possible, the remedy."""
