"""Sums over the micro-batches of a step in one order, however many processes share them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import distributed
from torch.nn import Parameter


class OrderedSum:
    """Adds up gradients, and what goes with them, in the order of the micro-batches.

    Floating-point sums depend on their order. An all-reduce adds what each process has added up
    for itself, so its last bits depend on the number of processes; here the first micro-batch is
    added to the second, the sum to the third, and so on, as one process does it. In each round
    every process has one micro-batch, in the order of the processes. Each of them adds up one
    slice of all vectors, and at the end the slices are put together: what goes over the wire in a
    step with one round is what an all-reduce by a ring sends.

    Parameters
    ----------
    parameters
        Whose gradients are taken.
    processes
        How many share the step.
    """

    def __init__(self, parameters: Sequence[Parameter], processes: int) -> None:
        self._parameters = list(parameters)
        self._processes = processes
        self._slice: torch.Tensor | None = None
        self._sent: torch.Tensor | None = None
        self._more = 0

    def add(self, more: torch.Tensor) -> None:
        """Take the gradients of one micro-batch out of the parameters, and `more` with them.

        Parameters
        ----------
        more
            Of the same size on every process and in every round; (n,).
        """
        grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in self._parameters]
        parts = [*(_as_stored(grad).flatten() for grad in grads), more]
        length, count = sum(map(len, parts)), self._processes
        self._more = len(more)
        if self._sent is None:
            self._sent = more.new_zeros(length + -length % count)
        torch.cat(parts, out=self._sent[:length])
        for parameter in self._parameters:
            parameter.grad = None
        swapped = torch.empty_like(self._sent)
        distributed.all_to_all_single(swapped, self._sent)
        for part in swapped.view(count, -1):
            if self._slice is None:
                self._slice = part.clone()
            else:
                self._slice += part

    def put(self) -> torch.Tensor:
        """Give every parameter the sum as its gradient; the sum of `more`, (n,)."""
        assert self._slice is not None
        whole = torch.empty(
            len(self._slice) * self._processes, dtype=self._slice.dtype, device=self._slice.device
        )
        # Its name from PyTorch 2.14 on, or the one before.
        gather = getattr(distributed, "all_gather_single", None)
        (gather or distributed.all_gather_into_tensor)(whole, self._slice)
        self._slice = None
        at = 0
        for parameter in self._parameters:
            parameter.grad = torch.empty_like(parameter)
            stored = _as_stored(parameter.grad)
            stored.copy_(whole[at : at + parameter.numel()].view(stored.shape))
            at += parameter.numel()
        return whole[at : at + self._more]


def _as_stored(tensor: torch.Tensor) -> torch.Tensor:
    """Images with their channels last, so that they are copied as they lie in memory."""
    return tensor.permute(0, 2, 3, 1) if tensor.ndim == 4 else tensor
