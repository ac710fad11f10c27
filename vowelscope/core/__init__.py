"""No Qt, no torch, no runtime: recordings, TextGrids, acoustics, model inputs, corpora."""
