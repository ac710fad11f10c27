"""Mends what Qt writes as SVG: the size in millimetres, and lines whose width is the screen's.

Qt writes lines that must not grow with their picture as ``vector-effect="non-scaling-stroke"``,
which many readers of SVG do not know: a curve in seconds and Hz then becomes a bar. Here such
shapes are written in the units of the page, so that every reader draws the same.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

_SVG = "http://www.w3.org/2000/svg"
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_PAIR = re.compile(rf"({_NUMBER.pattern})[ ,]+({_NUMBER.pattern})")
_FIXED = "non-scaling-stroke"
Matrix = tuple[float, float, float, float, float, float]


def svg_of_size(data: bytes, width_mm: float, height_mm: float) -> bytes:
    """The same picture, of the given size, that every reader draws alike."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ElementTree.fromstring(data)
    root.set("width", f"{width_mm:.3f}mm")
    root.set("height", f"{height_mm:.3f}mm")
    for group in root.iter(f"{{{_SVG}}}g"):
        shapes = list(group)
        if not any(shape.get("vector-effect") == _FIXED for shape in shapes):
            continue
        found = [float(number) for number in _NUMBER.findall(group.get("transform", ""))]
        if len(found) != 6:
            continue
        a, b, c, d, e, f = found
        group.set("transform", "matrix(1,0,0,1,0,0)")
        for shape in shapes:
            _place(shape, (a, b, c, d, e, f))
    for element in root.iter():
        element.attrib.pop("vector-effect", None)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _place(shape: ElementTree.Element, matrix: Matrix) -> None:
    """Write a shape in the units of the page; what has no points keeps its matrix."""
    a, b, c, d, e, f = matrix
    name = next((name for name in ("points", "d") if shape.get(name) is not None), None)
    if name is None:
        shape.set("transform", f"matrix({a:g},{b:g},{c:g},{d:g},{e:g},{f:g})")
        return

    def moved(pair: re.Match[str]) -> str:
        x, y = float(pair[1]), float(pair[2])
        return f"{a * x + c * y + e:.3f},{b * x + d * y + f:.3f}"

    shape.set(name, _PAIR.sub(moved, shape.get(name, "")))
