"""Errors whose text is meant for the user: one sentence with the file, the fault and the place."""


class UserError(Exception):
    """Something the user can mend, said in one sentence; the command line exits with 2.

    A label or a name that it quotes may hold line breaks; the sentence stays on one line.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(line.strip() for line in sentence.splitlines()))


class AudioError(UserError):
    """A recording cannot be read."""


class TextGridError(UserError):
    """A TextGrid cannot be read or written."""


class FeatureError(UserError):
    """A token cannot be turned into a model input."""


class ModelError(UserError):
    """A model folder is missing, damaged or not to be trusted."""


class AlignmentError(UserError):
    """A transcript cannot be aligned with its recording."""


class CorpusError(UserError):
    """A corpus or a class map cannot be built or read."""


class AnalysisError(UserError):
    """Praat's analysis cannot be done with these settings or this sound."""


class ConfigError(UserError):
    """A preset or settings file is wrong."""
