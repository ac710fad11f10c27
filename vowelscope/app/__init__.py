"""The state of the program, its undo stack, its jobs and its player. QtCore/QtGui, no widgets."""
