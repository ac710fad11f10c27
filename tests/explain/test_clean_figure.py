from __future__ import annotations

import itertools
import re
import zlib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.image
import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.frequency_axis import Scale
from vowelscope.core.spectrogram import SpectrogramSettings
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.explain.clean_figure import draw_clean, make_figure
from vowelscope.explain.figure_content import LAYERS, CamLayer, FigureSpec, gather

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def beep(tmp_path: Path) -> Path:
    """Silence, then 1,000 Hz from 0.5 to 1 s."""
    times_s = np.arange(16000) / 16000
    wave = 0.5 * np.sin(2 * np.pi * 1000 * times_s) * (times_s >= 0.5)
    sf.write(tmp_path / "beep.wav", wave, 16000)
    return tmp_path / "beep.wav"


@pytest.fixture
def grid() -> TextGrid:
    phones = (Interval(0.0, 0.5, ""), Interval(0.5, 0.9, "ɝː"), Interval(0.9, 1.0, "t\\sh"))
    return TextGrid(
        0.0,
        1.0,
        (
            IntervalTier("phones", 0.0, 1.0, phones),
            PointTier("tones", 0.0, 1.0, (Point(0.7, "H*"),)),
        ),
    )


def cam() -> CamLayer:
    cells = np.zeros((4, 5), np.float32)
    cells[1, 2] = -2.5
    edges = np.linspace(0.0, 4000.0, 5)
    return CamLayer(cells, edges, np.linspace(0.5, 0.9, 6), 0.5, 0.9, "/ɝ/")


def axes_of(figure: object, label: str) -> object:
    return next(axes for axes in figure.axes if axes.get_ylabel().startswith(label))  # type: ignore[attr-defined]


def test_every_panel_has_the_same_seconds_and_the_tone_lies_at_its_hertz(
    beep: Path, grid: TextGrid
) -> None:
    spec = FigureSpec(0.4, 0.95, LAYERS, height_mm=140, width_mm=180)
    figure, left_out = draw_clean(gather(beep, grid, spec, cam()), spec)
    panels = [axes for axes in figure.axes if "logits" not in axes.get_ylabel()]
    assert {axes.get_xlim() for axes in panels} == {(0.4, 0.95)}
    frequency = axes_of(figure, "Frequency (Hz)")
    assert frequency.get_ylim() == (0.0, 5000.0)  # type: ignore[attr-defined]
    image = frequency.images[0]  # type: ignore[attr-defined]
    left, right, bottom, top = image.get_extent()
    db = image.get_array()
    rows_hz = bottom + (np.arange(db.shape[0]) + 0.5) * (top - bottom) / db.shape[0]
    columns_s = left + (np.arange(db.shape[1]) + 0.5) * (right - left) / db.shape[1]
    loud = db[:, (columns_s > 0.6) & (columns_s < 0.9)].mean(axis=1)
    assert rows_hz[loud.argmax()] == pytest.approx(1000.0, abs=60.0)
    assert left_out == 0


def test_colours_of_the_map_are_symmetric_about_zero_and_have_a_unit(
    beep: Path, grid: TextGrid
) -> None:
    spec = FigureSpec(0.4, 1.0, ("spectrogram", "cam"))
    figure, _ = draw_clean(gather(beep, grid, spec, cam()), spec)
    mesh = axes_of(figure, "Frequency").collections[0]  # type: ignore[attr-defined]
    assert mesh.get_clim() == (-2.5, 2.5)
    assert mesh.get_array().min() == -2.5
    assert "logits" in axes_of(figure, "For (+)").get_ylabel()  # type: ignore[attr-defined]


def test_svg_holds_one_picture_and_no_letters_that_need_a_font(
    beep: Path, grid: TextGrid, tmp_path: Path
) -> None:
    out = tmp_path / "f.svg"
    said = make_figure(beep, grid, FigureSpec(0.0, 1.0), None, out)
    assert str(out) in said
    root = ElementTree.parse(out).getroot()
    assert len(list(root.iter(f"{SVG}image"))) == 1
    assert not list(root.iter(f"{SVG}text"))
    width_pt = float(root.attrib["width"].removesuffix("pt"))
    assert width_pt == pytest.approx(160 / 25.4 * 72, abs=0.01)


@pytest.mark.parametrize("typeface", ["sans", "serif"])
def test_pdf_holds_its_fonts_its_size_and_one_picture(
    beep: Path, grid: TextGrid, tmp_path: Path, typeface: str
) -> None:
    out = tmp_path / "f.pdf"
    make_figure(beep, grid, FigureSpec(0.0, 1.0, typeface=typeface), None, out)
    data = out.read_bytes()
    assert data.count(b"/Subtype /Image") == 1
    assert data.count(b"/FontFile2") >= 1
    assert b"/Type3" not in data
    box = re.search(rb"/MediaBox \[ ?0 0 ([0-9.]+) ([0-9.]+)", data)
    assert box is not None
    sizes_mm = [float(value) / 72 * 25.4 for value in box.groups()]
    assert sizes_mm == pytest.approx([160, 100], abs=0.01)
    streams = re.findall(rb"stream\r?\n(.*?)endstream", data, flags=re.DOTALL)
    texts = b"".join(_inflated(stream) for stream in streams)
    # The map from glyphs to characters names IPA's ɝ and ː.
    assert b"025d" in texts.lower() and b"02d0" in texts.lower()


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


def test_png_has_the_pixels_of_its_size(beep: Path, grid: TextGrid, tmp_path: Path) -> None:
    out = tmp_path / "f.png"
    spec = FigureSpec(0.0, 1.0, width_mm=127, height_mm=76.2, dpi=200)
    make_figure(beep, grid, spec, None, out)
    assert matplotlib.image.imread(out).shape[:2] == (600, 1000)


def test_labels_without_room_are_counted(beep: Path, tmp_path: Path) -> None:
    ends = np.linspace(0, 1, 41)
    many = tuple(Interval(float(a), float(b), "immediately") for a, b in itertools.pairwise(ends))
    grid = TextGrid(0.0, 1.0, (IntervalTier("words", 0.0, 1.0, many),))
    said = make_figure(beep, grid, FigureSpec(0.0, 1.0, ("tiers",)), None, tmp_path / "f.svg")
    assert "40 labels had no room" in said


def test_chosen_tiers_alone_are_drawn(beep: Path, grid: TextGrid) -> None:
    spec = FigureSpec(0.0, 1.0, ("tiers",), tiers=(1,), height_mm=30)
    figure, _ = draw_clean(gather(beep, grid, spec), spec)
    names = [axes.get_yticklabels()[0].get_text() for axes in figure.axes]
    assert names == ["tones"]


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"layers": ("wave",)}, "no layer 'wave'"),
        ({"layers": ()}, "a layer at least"),
        ({"stop_s": 0.0}, "must end after it begins"),
        ({"width_mm": 5}, "must lie within"),
        ({"dpi": 10_000}, "dpi"),
        ({"width_mm": 2000, "height_mm": 2000, "dpi": 1200}, "million pixels"),
    ],
)
def test_choices_that_will_not_do(changes: dict[str, object], part: str) -> None:
    with pytest.raises(ConfigError, match=part):
        replace(FigureSpec(0.0, 1.0), **changes)  # type: ignore[arg-type]


def test_what_cannot_be_drawn_is_said(beep: Path, grid: TextGrid, tmp_path: Path) -> None:
    out = tmp_path / "f.pdf"
    for spec, part in (
        (FigureSpec(5.0, 6.0), "outside the recording"),
        (FigureSpec(0.0, 1.0, ("cam",)), "no interval is explained"),
        (FigureSpec(0.0, 1.0, width_mm=40, height_mm=20), "too small"),
    ):
        with pytest.raises(UserError, match=part):
            make_figure(beep, grid, spec, None, out)
    with pytest.raises(ConfigError, match="there are no tiers"):
        make_figure(beep, None, FigureSpec(0.0, 1.0, ("tiers",)), None, out)
    with pytest.raises(ConfigError, match="ends in"):
        make_figure(beep, grid, FigureSpec(0.0, 1.0), None, tmp_path / "f.gif")
    assert not out.exists()


def test_the_range_is_that_of_the_settings(beep: Path, grid: TextGrid) -> None:
    spec = FigureSpec(
        0.0, 1.0, ("spectrogram",), spectrogram=SpectrogramSettings(3000.0, scale="mel")
    )
    figure, _ = draw_clean(gather(beep, grid, spec), spec)
    assert figure.axes[0].get_ylim() == (0.0, 3000.0)
    assert figure.axes[0].images[0].get_extent()[3] == pytest.approx(3000.0)


@pytest.mark.parametrize("scale", ["hz", "mel", "bark", "erb"])
def test_the_tone_lies_at_its_hertz_on_each_scale(
    beep: Path, grid: TextGrid, tmp_path: Path, scale: Scale
) -> None:
    sharp = SpectrogramSettings(5000.0, 0.03, scale=scale, pre_emphasis_db_per_octave=0)
    spec = FigureSpec(0.55, 0.95, ("spectrogram", "cam"), spectrogram=sharp)
    figure, _ = draw_clean(gather(beep, grid, spec, cam()), spec)
    (axes,) = (a for a in figure.axes if a.get_ylabel().startswith("Frequency"))
    for collection in axes.collections:
        collection.remove()
    figure.savefig(tmp_path / "f.png", dpi=200)
    seen = matplotlib.image.imread(tmp_path / "f.png")[..., 0]
    x, y = axes.transData.transform((0.6, 1000.0)) * 200 / figure.dpi
    _, low = axes.transData.transform((0.6, 0.0)) * 200 / figure.dpi
    _, high = axes.transData.transform((0.6, 5000.0)) * 200 / figure.dpi
    column = seen[::-1][round(low) + 3 : round(high) - 3, round(x)]
    dark = np.flatnonzero(column == column.min())
    assert round(low) + 3 + dark.mean() == pytest.approx(y, abs=0.012 * (high - low))
    share = (y - low) / (high - low)
    assert (share == pytest.approx(0.2)) == (scale == "hz")
    ticks = axes.get_yticks()
    assert ticks[0] == 0 and len(ticks) >= 4
    assert (scale == "hz") or axes.get_ylabel().endswith("scale)")


def test_cells_keep_their_hertz_on_a_scale(beep: Path, grid: TextGrid) -> None:
    spec = FigureSpec(
        0.5, 0.9, ("spectrogram", "cam"), spectrogram=SpectrogramSettings(scale="bark")
    )
    figure, _ = draw_clean(gather(beep, grid, spec, cam()), spec)
    (axes,) = (a for a in figure.axes if a.get_ylabel().startswith("Frequency"))
    edges_hz = np.unique(axes.collections[0].get_coordinates()[..., 1])
    np.testing.assert_allclose(edges_hz, cam().freq_edges_hz)
    heights = np.diff([axes.transData.transform((0.6, hz))[1] for hz in edges_hz])
    assert heights[0] > 2 * heights[-1]
