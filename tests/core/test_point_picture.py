"""Pictures of points: every point is somewhere, with the colour that it should have."""

from __future__ import annotations

import numpy as np

from vowelscope.core.point_picture import NO_VALUE, Look, View, draw_points

RED, BLUE = (200, 0, 0), (0, 0, 200)
GREY, WHITE, BLACK = (np.array([level] * 3, np.uint8) for level in (128, 255, 0))


def look(codes: list[int] | np.ndarray, is_scale: bool = False) -> Look:
    table = np.array([RED, BLUE], np.uint8)
    if is_scale:
        table = np.linspace(RED, BLUE, 11).astype(np.uint8)
    return Look(np.asarray(codes), table, is_scale, GREY, WHITE, BLACK)


VIEW = View((0.0, 10.0), (0.0, 5.0), 200, 100)


def test_a_dot_lies_where_its_point_is_in_its_colour() -> None:
    found = draw_points(np.array([2.0, 8.0]), np.array([1.0, 4.0]), look([0, 1]), VIEW)
    assert found.image.shape == (100, 200, 4) and found.cell_px == 0 and found.in_view == 2
    assert tuple(found.image[20, 40]) == (*RED, 255)
    assert tuple(found.image[80, 160]) == (*BLUE, 255)
    rows, columns = np.nonzero(found.image[..., 3])
    left = columns < 100
    assert abs(rows[left].mean() - 20) < 0.6 and abs(columns[left].mean() - 40) < 0.6
    assert not found.image[50, 100].any()


def test_what_is_out_of_view_is_not_counted() -> None:
    x, y = np.array([2.0, 12.0, -1.0, 5.0]), np.array([1.0, 1.0, 1.0, 6.0])
    found = draw_points(x, y, look([0, 0, 0, 0]), VIEW)
    assert found.in_view == 1


def test_the_highest_of_a_scale_and_what_has_no_value_lie_above_and_below() -> None:
    x, y = np.full(4, 5.0), np.full(4, 2.5)
    codes = [3, NO_VALUE, 10, 0]
    found = draw_points(x, y, look(codes, is_scale=True), VIEW)
    assert tuple(found.image[50, 100, :3]) == BLUE
    found = draw_points(x[:2], y[:2], look([NO_VALUE, 0]), VIEW)
    assert tuple(found.image[50, 100, :3]) == RED


def test_points_that_stand_out_have_a_dark_rim_and_lie_on_top() -> None:
    x, y = np.full(3, 5.0), np.full(3, 2.5)
    strong = np.array([True, False, False])
    found = draw_points(x, y, look([0, 1, 1]), VIEW, strong)
    assert tuple(found.image[50, 100, :3]) == RED
    assert (found.image[..., :3][found.image[..., 3] == 255] < 30).all(axis=-1).any()


def test_many_points_are_counted_in_cells_and_no_point_is_lost() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 10, 3000), rng.uniform(0, 5, 3000)
    codes = rng.integers(0, 2, 3000)
    found = draw_points(x, y, look(codes), VIEW, most_dots=1000, cell_px=4)
    counts, *_ = np.histogram2d(y, x, bins=(25, 50), range=((0, 5), (0, 10)))
    assert found.cell_px == 4 and found.in_view == 3000 and found.fullest == counts.max()
    drawn = found.image[2::4, 2::4]
    np.testing.assert_array_equal(drawn[..., 3] > 0, counts > 0)
    order = np.argsort(counts[counts > 0], kind="stable")
    assert (np.diff(drawn[..., 3][counts > 0][order].astype(int)) >= 0).all()
    blue, *_ = np.histogram2d(y[codes == 1], x[codes == 1], bins=(25, 50), range=((0, 5), (0, 10)))
    there = counts > 0
    share = blue[there] / counts[there]
    np.testing.assert_allclose(drawn[..., 2][there], 200 * share, atol=0.6)
    np.testing.assert_allclose(drawn[..., 0][there], 200 * (1 - share), atol=0.6)


def test_a_cell_of_a_scale_has_the_colour_of_the_mean_of_those_with_a_value() -> None:
    x, y = np.full(4, 5.1), np.full(4, 2.6)
    codes = [0, 10, NO_VALUE, 8]
    found = draw_points(x, y, look(codes, is_scale=True), VIEW, most_dots=3)
    assert tuple(found.image[52, 102, :3]) == tuple(look([], is_scale=True).table[6])
    assert found.fullest == 4


def test_points_that_stand_out_are_dots_among_cells() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 4, 50), rng.uniform(0, 5, 50)
    x[0], y[0] = 8.0, 2.5
    strong = np.arange(50) == 0
    found = draw_points(x, y, look(np.zeros(50, int)), VIEW, strong, most_dots=10)
    assert tuple(found.image[50, 160]) == (*RED, 255)
    assert (found.image[47:54, 154:167, 3] > 250).sum() > 25


def test_a_screen_of_twice_the_pixels_has_dots_of_twice_the_width() -> None:
    one = draw_points(np.array([5.0]), np.array([2.5]), look([0]), VIEW)
    large = View(VIEW.x, VIEW.y, 400, 200, 2.0)
    two = draw_points(np.array([5.0]), np.array([2.5]), look([0]), large)
    ratio = (two.image[..., 3] > 127).sum() / (one.image[..., 3] > 127).sum()
    assert 3.2 < ratio < 4.8
