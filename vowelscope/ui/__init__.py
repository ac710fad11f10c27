"""Widgets. A view takes the session and knows no other view."""
