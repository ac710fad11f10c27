"""The window's views as a figure: exactly what is seen, at a size in millimetres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPoint, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPageSize, QPaintDevice, QPainter, QPdfWriter, QPicture
from PySide6.QtWidgets import QGraphicsView, QWidget

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.translation import tr
from vowelscope.ui.seen_svg import svg_of_size

FORMATS = (".svg", ".pdf", ".png")
MM_PER_INCH = 25.4
_DOTS_PER_M = 1000.0 / MM_PER_INCH
_FEW_CELLS, _CELL_PX = 32, 24
_MOST_PIXELS = 2e8
_SCREEN_DPI = 96
"""What Qt takes a screen to have: sizes in points become pixels by it."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What views show, recorded: each with its place in pixels, and their ground."""

    parts: tuple[tuple[QRect, QPicture], ...]
    area: QRect
    ground: QColor

    def height_mm(self, width_mm: float) -> float:
        """How high a figure becomes that is `width_mm` wide."""
        return width_mm * self.area.height() / max(self.area.width(), 1)


def record_views(views: Sequence[QWidget]) -> Seen:
    """Record widgets of one window that stand above each other; hidden ones are left out."""
    shown = [view for view in views if view.isVisible()]
    area = QRect()
    for view in shown:
        area = area.united(_place(view))
    parts = tuple((_place(view).translated(-area.topLeft()), _record(view)) for view in shown)
    return Seen(parts, area.translated(-area.topLeft()), shown[0].palette().window().color())


def save_seen(seen: Seen, path: Path, width_mm: float, dpi: int) -> str:
    """Write what was recorded as SVG, PDF or PNG; safe to call from any thread.

    Parameters
    ----------
    width_mm
        Width of the figure; the height follows.
    dpi
        Pixels an inch of a PNG.

    Returns
    -------
    str
        A sentence that says where it is.

    Raises
    ------
    ConfigError
        Another ending, or a PNG of more than 200 million pixels.
    UserError
        The file cannot be written.
    """
    size_mm = QSizeF(width_mm, seen.height_mm(width_mm))
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise ConfigError(tr("{name}: a figure ends in .svg, .pdf or .png.").format(name=path.name))
    if kind == ".svg":
        data = _svg(seen, size_mm)
    else:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if kind == ".png":
            _png(seen, size_mm, dpi).save(buffer, "PNG")  # type: ignore[call-overload]
        else:
            _pdf(seen, size_mm, buffer)
        data = bytes(buffer.data().data())
    if not data:
        raise UserError(tr("{name}: the figure cannot be drawn.").format(name=path.name))
    write_bytes(path, data)
    return tr("The figure is in {path}.").format(path=path)


def _place(view: QWidget) -> QRect:
    return QRect(view.mapTo(view.window(), QPoint(0, 0)), view.size())


def _record(view: QWidget) -> QPicture:
    picture = QPicture()
    if not isinstance(view, QGraphicsView):
        view.render(picture, QPoint(0, 0), renderFlags=QWidget.RenderFlag.DrawChildren)
        return picture
    painter = QPainter(picture)
    painter.fillRect(view.rect(), view.backgroundBrush())
    with _for_print(view):
        view.render(
            painter,
            QRectF(view.rect()),
            view.viewport().rect(),
            Qt.AspectRatioMode.IgnoreAspectRatio,
        )
    painter.end()
    return picture


def _png(seen: Seen, size_mm: QSizeF, dpi: int) -> QImage:
    scale = size_mm.width() / MM_PER_INCH * dpi / seen.area.width()
    if size_mm.width() * size_mm.height() * (dpi / MM_PER_INCH) ** 2 > _MOST_PIXELS:
        raise ConfigError(
            tr("a picture of {dpi} dpi of that size has more than 200 million pixels.").format(
                dpi=dpi
            )
        )
    size = QSize(round(seen.area.width() * scale), round(seen.area.height() * scale))
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    # As a screen of that many pixels would show it: lines and dots grow with it.
    image.setDevicePixelRatio(scale)
    _paint(QPainter(image), seen)
    image.setDevicePixelRatio(1.0)
    image.setDotsPerMeterX(round(dpi * _DOTS_PER_M))
    image.setDotsPerMeterY(round(dpi * _DOTS_PER_M))
    return image


class _Page(QPdfWriter):
    """A page on which a pixel of the views is a unit, and letters take the room they have there."""

    def metric(self, which: QPaintDevice.PaintDeviceMetric) -> int:
        """The screen's resolution for letters, whatever that of the page."""
        kinds = QPaintDevice.PaintDeviceMetric
        if which in (kinds.PdmDpiX, kinds.PdmDpiY):
            return _SCREEN_DPI
        return super().metric(which)


def _pdf(seen: Seen, size_mm: QSizeF, buffer: QBuffer) -> None:
    page = _Page(buffer)
    page.setCreator("vowelscope")
    exact = QPageSize.SizeMatchPolicy.ExactMatch
    page.setPageSize(QPageSize(size_mm, QPageSize.Unit.Millimeter, "", exact))
    page.setPageMargins(QMarginsF(0, 0, 0, 0))
    page.setResolution(round(seen.area.width() / (size_mm.width() / MM_PER_INCH)))
    _paint(QPainter(page), seen)


def _svg(seen: Seen, size_mm: QSizeF) -> bytes:
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(_SCREEN_DPI)
    generator.setSize(seen.area.size())
    generator.setViewBox(QRectF(0, 0, seen.area.width(), seen.area.height()))
    _paint(QPainter(generator), seen)
    return svg_of_size(bytes(buffer.data().data()), size_mm.width(), size_mm.height())


def _paint(painter: QPainter, seen: Seen) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    painter.fillRect(seen.area, seen.ground)
    for place, picture in seen.parts:
        painter.save()
        painter.setClipRect(place)
        painter.translate(place.topLeft())
        picture.play(painter)
        painter.restore()
    painter.end()


@contextmanager
def _for_print(view: QGraphicsView) -> Iterator[None]:
    """Dots as shapes, and the map's cells of many pixels each.

    On the screen each dot is a copy of one small picture; and who reads the file would smooth a
    picture of seven by seven pixels, which would make the map finer than it is.
    """
    items = view.scene().items()
    clouds = [item for item in items if isinstance(item, pg.ScatterPlotItem)]
    cached = [cloud.opts["useCache"] for cloud in clouds]
    maps = [item for item in items if isinstance(item, pg.ImageItem) and _is_small(item)]
    cells = [item.image for item in maps]
    try:
        for cloud in clouds:
            cloud.opts["useCache"] = False
        for item in maps:
            _swap(item, item.image.repeat(_CELL_PX, axis=0).repeat(_CELL_PX, axis=1))
        yield
    finally:
        for cloud, before in zip(clouds, cached, strict=True):
            cloud.opts["useCache"] = before
        for item, image in zip(maps, cells, strict=True):
            _swap(item, image)


def _is_small(item: pg.ImageItem) -> bool:
    return item.isVisible() and item.image is not None and max(item.image.shape[:2]) <= _FEW_CELLS


def _swap(item: pg.ImageItem, image: npt.NDArray[np.generic]) -> None:
    place = item.mapRectToParent(item.boundingRect())
    item.setImage(image, autoLevels=False)
    item.setRect(place)
