"""Models, the runtime that runs them, and explanations of what they did. No Qt."""
