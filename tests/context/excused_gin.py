"""Decides which differences of the Gin style are excused. router/gin/README.md has the classes with their reasons."""


def excuse(_difference):
    return None
