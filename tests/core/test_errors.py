from __future__ import annotations

import pickle

from vowelscope.core.errors import TextGridError


def test_a_sentence_stays_on_one_line_whatever_it_quotes() -> None:
    error = TextGridError("Tier “one\ntwo\r\nthree” has no number 2.")
    assert str(error) == "Tier “one two three” has no number 2."
    # Errors come from worker processes.
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
