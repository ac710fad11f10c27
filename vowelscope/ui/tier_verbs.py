"""What the menu Tier does: whole tiers, and the times of the whole TextGrid."""

from __future__ import annotations

from typing import cast

from PySide6.QtWidgets import QWidget

from vowelscope.app.workbench import Workbench
from vowelscope.core import edit_tiers
from vowelscope.core.edit_times import scale_times, set_domain, shift_times
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import IntervalTier, TextGrid
from vowelscope.core.translation import tr
from vowelscope.ui.ask import Answers, Ask, Done, Field
from vowelscope.ui.editing_base import EditingVerbs
from vowelscope.ui.label_bar import LabelBar


class TierVerbs(EditingVerbs):
    """Adding, naming, ordering and removing tiers; shifting and scaling times."""

    def __init__(self, bench: Workbench, label_bar: LabelBar, window: QWidget) -> None:
        super().__init__(bench.session, label_bar, window)
        self._bench = bench
        self._window = window

    def add_interval(self) -> None:
        """Ask for the name of a new interval tier."""
        self._ask_new(tr("Add interval tier"), self._on_add_interval)

    def add_point(self) -> None:
        """Ask for the name of a new point tier."""
        self._ask_new(tr("Add point tier"), self._on_add_point)

    def duplicate(self) -> None:
        """Ask for the name and place of a copy of the selected tier."""
        tier_index = self._tier_index()
        if tier_index is not None:
            fields = (
                Field("name", tr("&Name:"), f"{self._name()} copy"),
                Field("place", tr("&Place from the top:"), str(tier_index + 2)),
            )
            self._open(
                tr("Duplicate tier"),
                tr("A copy of “{name}”.").format(name=self._name()),
                fields,
                self._on_duplicate,
            )

    def rename(self) -> None:
        """Ask for another name of the selected tier."""
        if self._tier_index() is not None:
            fields = (Field("name", tr("&Name:"), self._name()),)
            self._open(tr("Rename tier"), "", fields, self._on_rename)

    def move_up(self) -> None:
        """Put the selected tier above the one before it."""
        self._move(-1)

    def move_down(self) -> None:
        """Put the selected tier below the one after it."""
        self._move(1)

    def remove_text(self) -> None:
        """Empty every label of the selected tier."""
        tier_index = self._tier_index()
        if tier_index is not None:
            self._apply(tr("Remove all text from tier"), _without_text, tier_index)

    def remove(self) -> None:
        """Remove the selected tier."""
        tier_index = self._tier_index()
        if tier_index is None:
            return
        name = self._name()
        if self._apply(tr("Remove tier"), edit_tiers.remove_tier, tier_index):
            self._session.note.emit(
                tr("Tier “{name}” is removed; Edit → Undo brings it back.").format(name=name)
            )

    def shift_times(self) -> None:
        """Ask by how much to move everything in the TextGrid."""
        if self._tier_index() is None:
            return
        fields = (
            Field("by", tr("Move &by (s, negative for earlier):"), 0.0),
            Field("keep", tr("&Keep the start and end of the TextGrid"), True),
        )
        text = tr("All boundaries and points of all tiers move.")
        self._open(tr("Shift times"), text, fields, self._on_shift)

    def scale_times(self) -> None:
        """Ask for a new start and end of the TextGrid, between which all times are stretched."""
        textgrid = self._session.textgrid
        if self._tier_index() is None or textgrid is None:
            return
        fields = (
            Field("start", tr("New &start (s):"), textgrid.tmin_s),
            Field("end", tr("New &end (s):"), textgrid.tmax_s),
        )
        text = tr("All times of all tiers are stretched to fit.")
        self._open(tr("Scale times"), text, fields, self._on_scale)

    def _ask_new(self, title: str, done: Done) -> None:
        self._label_bar.commit()
        session = self._session
        if session.textgrid is None and session.recording is None:
            session.message.emit(tr("Open a recording first."))
            return
        count = 0 if session.textgrid is None else len(session.textgrid.tiers)
        fields = (
            Field("name", tr("&Name:"), ""),
            Field("place", tr("&Place from the top:"), str(count + 1)),
        )
        self._open(title, "", fields, done)

    def _open(self, title: str, text: str, fields: tuple[Field, ...], done: Done) -> None:
        Ask(title, text, fields, done, self._window).open()

    def _name(self) -> str:
        tier = self._session.selected_tier
        return "" if tier is None else tier.name

    def _on_add_interval(self, answers: Answers) -> None:
        self._add(answers, interval=True)

    def _on_add_point(self, answers: Answers) -> None:
        self._add(answers, interval=False)

    def _add(self, answers: Answers, interval: bool) -> None:
        name, at = str(answers["name"]), _place(answers)
        add = edit_tiers.add_interval_tier if interval else edit_tiers.add_point_tier
        before, recording = self._session.textgrid, self._session.recording
        if before is None:
            if recording is None:
                raise TextGridError(tr("The recording is no longer open."))
            before = TextGrid(0.0, recording.duration_s)
        after = add(before, name, at)  # refuses before anything is begun
        self._bench.begin_textgrid(before)  # no more than this where there is one
        self._session.replace_textgrid(after, tr("Add tier"))
        self._session.select_item(at, None)

    def _on_duplicate(self, answers: Answers) -> None:
        textgrid, tier_index = self._chosen()
        at = _place(answers)
        after = edit_tiers.duplicate_tier(textgrid, tier_index, str(answers["name"]), at)
        self._session.replace_textgrid(after, tr("Duplicate tier"))
        self._session.select_item(at, None)

    def _on_rename(self, answers: Answers) -> None:
        after = edit_tiers.rename_tier(*self._chosen(), str(answers["name"]))
        self._session.replace_textgrid(after, tr("Rename tier"))

    def _on_shift(self, answers: Answers) -> None:
        textgrid, _ = self._chosen()
        after = shift_times(textgrid, cast(float, answers["by"]))
        if answers["keep"]:
            after = set_domain(after, textgrid.tmin_s, textgrid.tmax_s)
        self._session.replace_textgrid(after, tr("Shift times"))

    def _on_scale(self, answers: Answers) -> None:
        textgrid, _ = self._chosen()
        start_s, stop_s = cast(float, answers["start"]), cast(float, answers["end"])
        self._session.replace_textgrid(scale_times(textgrid, start_s, stop_s), tr("Scale times"))

    def _chosen(self) -> tuple[TextGrid, int]:
        session = self._session
        if session.textgrid is None or session.tier_index is None:
            raise TextGridError(tr("The TextGrid is no longer open."))
        return session.textgrid, session.tier_index

    def _move(self, by: int) -> None:
        session, tier_index = self._session, self._tier_index()
        if tier_index is None or session.textgrid is None:
            return
        to = tier_index + by
        if not 0 <= to < len(session.textgrid.tiers):
            end = tr("top") if by < 0 else tr("bottom")
            session.note.emit(
                tr("“{name}” is at the {end} already.").format(name=self._name(), end=end)
            )
            return
        self._apply(tr("Move tier"), edit_tiers.move_tier, tier_index, to)


def _place(answers: Answers) -> int:
    """The index, 0-based, of the place that was typed, from 1."""
    text = str(answers["place"]).strip()
    if not text.isdecimal() or int(text) < 1:
        raise TextGridError(tr("“{text}” is not a place; 1 is the top tier.").format(text=text))
    return int(text) - 1


def _without_text(textgrid: TextGrid, tier_index: int) -> TextGrid:
    tier = textgrid.tiers[tier_index]
    count = len(tier.intervals) if isinstance(tier, IntervalTier) else len(tier.points)
    return edit_tiers.set_labels(textgrid, tier_index, dict.fromkeys(range(count), ""))
