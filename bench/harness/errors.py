class HarnessError(Exception):
    """Ends the comparison; the text is one sentence with the cause and the cure."""
