from __future__ import annotations

import io
import json
import sys

from vowelscope.app.training_process import follow, parse_event

STEP = {"event": "step", "loss": 0.5, "images_per_s": 12.0, "total_step": 3, "total": 9}
VALID = {"event": "validation", "stage": 0, "accuracy": 0.5, "macro_f1": 0.25, "tokens": 77}


def child(text: str, status: int) -> list[str]:
    return [sys.executable, "-c", f"import sys; print({text!r}); sys.exit({status})"]


def test_events_become_a_bar_and_sentences() -> None:
    out = io.StringIO()
    lines = "\n".join(json.dumps(event) for event in (STEP, VALID))
    assert follow(child(lines, 0), out) == 0
    assert "loss 0.500  12.0 images/s" in out.getvalue() and "3/9" in out.getvalue()
    assert "stage 1: validation accuracy 0.500, macro-F1 0.250 on 77 tokens" in out.getvalue()


def test_a_child_that_ends_before_its_first_event_keeps_its_status() -> None:
    """A wrong corpus or preset: the child has said its sentence, and nothing is known to count."""
    out = io.StringIO()
    assert follow(child("a line of its own", 2), out) == 2
    assert "a line of its own" in out.getvalue() and "Traceback" not in out.getvalue()


def test_only_events_are_events() -> None:
    assert parse_event(json.dumps(STEP)) == STEP
    assert parse_event("[1]") is None and parse_event("loss 3") is None
