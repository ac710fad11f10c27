"""vowelscope: what did the network look at, and is it the formants?"""

__version__ = "0.1.0"
