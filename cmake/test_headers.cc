// Nothing: its build makes the precompiled header that the tests share.
