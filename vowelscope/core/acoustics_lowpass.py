"""Praat's anti-aliasing filter, for a whole file or for a part of a file of any length.

Praat takes one Fourier transform of the whole Sound, zero-padded to N, and clears everything from
a bin on. That is a circular convolution with the kernel

    D(d) = sin(pi (2 K - 1) d / N) / (N sin(pi d / N)),    K = first cleared bin,

(and, where Praat clears the imaginary half of bin K alone, one cosine more). Its tails fall only
as 1/d, so a part filtered by itself carries a weak tone at the cut-off, enough to move a formant
by more than 0.1 Hz. Here the part and a margin are convolved with D directly; of what lies
farther, sin(a - b) splits into what depends on the place (a tone at the cut-off) and what depends
on the file, and the rest, 1 / (N sin(pi d / N)), is smooth: the far samples are gathered once
a file into a few values a block (Lagrange interpolation at Chebyshev nodes), and their sum is
evaluated at a few places of the part and interpolated. The result equals the filter of the
whole to about 1e-9 of full scale, in memory that does not grow with the file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from vowelscope.core.acoustics_grid import Chunking, Doubles, FileKey, read_span
from vowelscope.core.audio import Recording

_TURN_AROUND = 1000
_NODES = 4
"""Interpolation nodes in a block: it is 64 times smaller than its distance at the least."""

_PLACES = 48
"""Chebyshev points at which the far field is evaluated in a part."""

_READ = 1 << 20


def _transform(n_samples: int, factor: float) -> tuple[int, int, bool]:
    """Length of Praat's transform, first cleared bin, and whether its real part stays."""
    n_fft = 1
    while n_fft < n_samples + 2 * _TURN_AROUND:
        n_fft *= 2
    # Packed as [1] = DC, [2] = Nyquist, [2k + 1] and [2k + 2] = real and imaginary part of bin
    # k; Praat clears from a packed index on.
    packed = math.floor(factor * n_fft)
    return n_fft, (packed - 1) // 2, packed % 2 == 0


def whole_low_pass(samples: Doubles, factor: float) -> Doubles:
    """Remove what lies above `factor` times the Nyquist frequency, by Praat's one transform."""
    n_fft, cut, real_stays = _transform(len(samples), factor)
    padded = np.zeros(n_fft)
    padded[_TURN_AROUND : _TURN_AROUND + len(samples)] = samples
    spectrum = np.fft.rfft(padded)
    del padded
    if real_stays:
        spectrum[cut] = spectrum[cut].real
        cut += 1
    spectrum[cut:] = 0.0
    filtered: Doubles = np.fft.irfft(spectrum, n_fft)
    return filtered[_TURN_AROUND : _TURN_AROUND + len(samples)].copy()


@dataclass(frozen=True, slots=True, eq=False)
class BrickWall:
    """The filter of one long file, ready for any part of it.

    Attributes
    ----------
    n_fft, cut
        Praat's transform length N and first cleared bin K.
    charges
        (blocks, nodes) complex: the file, demodulated by the cut-off and gathered in blocks.
    half_bin
        Amplitude of the cosine of bin K, where its real part stays; else 0.
    """

    n_samples: int
    channel: int | None
    n_fft: int
    cut: int
    charges: npt.NDArray[np.complex128]
    half_bin: float
    chunking: Chunking

    def part(self, recording: Recording, first: int, stop: int) -> Doubles:
        """Filtered samples `first` to `stop` of the file, float64."""
        block = self.chunking.block
        near_first = (first - self.chunking.margin) // block * block
        near_stop = -(-(stop + self.chunking.margin) // block) * block
        if near_stop - near_first >= self.n_fft:
            near_first, near_stop = 0, self.n_fft
        out = self._near(recording, near_first, near_stop, first, stop)
        places = np.arange(first, stop)
        n_blocks = self.n_fft // block
        is_near = np.zeros(n_blocks, dtype=bool)
        is_near[np.arange(near_first // block, near_stop // block) % n_blocks] = True
        far = np.flatnonzero(~is_near[: len(self.charges)])
        if len(far):
            field = self._far(far, first, stop)
            turn = np.exp(1j * _angle(2 * self.cut - 1, places, 2 * self.n_fft))
            out += (turn * field).imag
        if self.half_bin:
            out += self.half_bin * np.cos(_angle(self.cut, places + _TURN_AROUND, self.n_fft))
        return out

    def _near(
        self, recording: Recording, near_first: int, near_stop: int, first: int, stop: int
    ) -> Doubles:
        """The samples around, convolved with the kernel; indices go round at N, as Praat's do."""
        samples = np.zeros(near_stop - near_first)
        for turn in (-1, 0, 1):
            lo = max(near_first, turn * self.n_fft)
            hi = min(near_stop, turn * self.n_fft + self.n_samples)
            if lo < hi:
                shift = turn * self.n_fft
                samples[lo - near_first : hi - near_first] = read_span(
                    recording, lo - shift, hi - shift, self.channel
                )
        lags = np.arange(first - near_stop + 1, stop - near_first)
        kernel = self._kernel(lags)
        size = 1 << (len(kernel) - 1).bit_length()
        product = np.fft.rfft(samples, size) * np.fft.rfft(kernel, size)
        full: Doubles = np.fft.irfft(product, size)
        at = len(samples) - 1
        return full[at : at + stop - first].copy()

    def _kernel(self, lags: npt.NDArray[np.int64]) -> Doubles:
        top = np.sin(_angle(2 * self.cut - 1, lags, 2 * self.n_fft))
        below = self.n_fft * np.sin(np.pi * lags / self.n_fft)
        centre = lags % self.n_fft == 0
        below[centre] = 1.0
        kernel: Doubles = np.where(centre, (2 * self.cut - 1) / self.n_fft, top / below)
        return kernel

    def _far(
        self, blocks: npt.NDArray[np.int64], first: int, stop: int
    ) -> npt.NDArray[np.complex128]:
        """Sum of the far charges over 1 / (N sin(pi d / N)) at each sample of a part."""
        sources = (
            blocks[:, None] * self.chunking.block + _nodes(self.chunking.block)[None, :]
        ).reshape(-1)
        charges = self.charges[blocks].reshape(-1)
        unit = np.cos(np.pi * (np.arange(_PLACES) + 0.5) / _PLACES)
        middle, half = 0.5 * (first + stop - 1), 0.5 * (stop - first)
        at = middle + half * unit
        field = np.empty(_PLACES, dtype=np.complex128)
        for index, place in enumerate(at):
            field[index] = np.sum(
                charges / (self.n_fft * np.sin(np.pi * (place - sources) / self.n_fft))
            )
        series = _chebyshev_series(field)
        out: npt.NDArray[np.complex128] = np.polynomial.chebyshev.chebval(
            (np.arange(first, stop) - middle) / half, series
        )
        return out


@lru_cache(maxsize=4)
def brick_wall(key: FileKey, n_samples: int, factor: float, chunking: Chunking) -> BrickWall:
    """Gather a long file once for the filter of its parts: one pass, block by block."""
    n_fft, cut, real_stays = _transform(n_samples, factor)
    block = chunking.block
    offsets = np.arange(block)
    basis = _lagrange(block)
    edge = np.exp(-1j * _angle(2 * cut - 1, offsets, 2 * n_fft))
    bin_ = np.exp(-1j * _angle(cut, offsets, n_fft))
    table = np.concatenate([basis * edge, bin_[None, :]]).T
    columns = np.concatenate([table.real, table.imag], axis=1)
    sums = []
    with Recording(key.path) as recording:
        step = max(_READ // block, 1) * block
        for start in range(0, n_samples, step):
            samples = read_span(recording, start, min(start + step, n_samples), key.channel)
            padded = np.zeros(-(-len(samples) // block) * block)
            padded[: len(samples)] = samples
            both = padded.reshape(-1, block) @ columns
            sums.append(both[:, : _NODES + 1] + 1j * both[:, _NODES + 1 :])
    gathered = np.concatenate(sums)
    starts = np.arange(len(gathered)) * block
    charges = gathered[:, :_NODES] * np.exp(-1j * _angle(2 * cut - 1, starts, 2 * n_fft))[:, None]
    half_bin = 0.0
    if real_stays:
        turn = np.exp(-1j * _angle(cut, starts + _TURN_AROUND, n_fft))
        half_bin = 2.0 / n_fft * float(np.sum(gathered[:, _NODES] * turn).real)
    return BrickWall(n_samples, key.channel, n_fft, cut, charges, half_bin, chunking)


def _angle(numerator: int, places: npt.NDArray[np.int64], denominator: int) -> Doubles:
    """2 pi numerator places / denominator, reduced in whole numbers before it is rounded."""
    angle: Doubles = (2.0 * np.pi / denominator) * np.asarray(
        (numerator * places) % denominator, dtype=np.float64
    )
    return angle


def _nodes(block: int) -> Doubles:
    unit = np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES)
    nodes: Doubles = 0.5 * (block - 1) + 0.5 * block * unit
    return nodes


def _lagrange(block: int) -> Doubles:
    """Lagrange polynomials of the nodes at each sample of a block, (nodes, block)."""
    nodes, places = _nodes(block), np.arange(block)
    out = np.ones((_NODES, block))
    for j in range(_NODES):
        for i in range(_NODES):
            if i != j:
                out[j] *= (places - nodes[i]) / (nodes[j] - nodes[i])
    return out


def _chebyshev_series(values: npt.NDArray[np.complex128]) -> npt.NDArray[np.complex128]:
    """Coefficients of the series through values at the Chebyshev points of `_far`."""
    count = len(values)
    order = np.arange(count)
    cosines = np.cos(np.pi * np.outer(order, order + 0.5) / count)
    series: npt.NDArray[np.complex128] = 2.0 / count * (cosines @ values)
    series[0] *= 0.5
    return series
