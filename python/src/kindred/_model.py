"""What all models are: parameters, a fit to ratings, a file."""

from __future__ import annotations

import inspect
import io
import os
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from . import _calls, _fitted
from ._fitted import File, Fitted
from ._frames import Labels
from ._ratings import Ratings

Self = TypeVar("Self", bound="Model")


class Model:
    """A model with its parameters, and what was learned once it is fitted."""

    _kind: ClassVar[str]
    _names: ClassVar[dict[str, str]] = {}
    """The library's names of parameters, where they are others."""

    num_threads: int
    _fit: Fitted | None = None

    def fit(self: Self, user_items: object, show_progress: bool = False) -> Self:
        """Fits the model.

        Args:
            user_items: a SciPy CSR matrix of shape (users, items), read in place; or a frame of pandas or polars with
                columns user, item and perhaps rating and timestamp. The model refers to the arrays for :meth:`save`:
                leave them as they are.
            show_progress: shows a bar of tqdm.

        Returns:
            The model itself.

        Raises:
            ValueError: for ratings or parameters that do not hold, with position, value and remedy.
            MemoryError: where the model needs more than there is.
        """
        ratings = Ratings(user_items, num_threads=self.num_threads)
        progress = type(self).__name__ if show_progress else None
        self._fit = Fitted.fit(self._kind, ratings, self._options(), progress)
        return self

    def save(self, file: File) -> None:
        """Saves the model, with its parameters and ratings, in NumPy's npz format.

        Args:
            file: a path, which gets ``.npz`` at its end if it has not; or an open file.
        """
        _fitted.save(file, self._kind, self.parameters(), self._fit)

    @classmethod
    def load(cls: type[Self], file: File) -> Self:
        """Loads a model that :meth:`save` saved.

        Those of the library that have files (als, implicit, bayes) are as they were; the others are fitted again, to the
        same bits on the same machine.

        Raises:
            ValueError: for a file of something else.
            OSError: for one that cannot be read.
        """
        model = cls.__new__(cls)
        model._restore(*_fitted.read(file))
        return model

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Writes the model as ``kindred train`` does, for ``kindred recommend --factors`` and other programs.

        Raises:
            ValueError: for models that the program has no files for.
        """
        self._fitted().write(folder)

    def parameters(self) -> dict[str, Any]:
        """The parameters by their names in the constructor."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of users and items of the training ratings."""
        return self._fitted().ratings.matrix.shape

    @property
    def users(self) -> Labels:
        """The id of each user: those of a frame, or 0, 1, … of a matrix."""
        return self._fitted().ratings.user_labels

    @property
    def items(self) -> Labels:
        """The id of each item: those of a frame, or 0, 1, … of a matrix."""
        return self._fitted().ratings.item_labels

    @property
    def losses(self) -> npt.NDArray[np.float64]:
        """The training loss after each step, of which ALS has two an iteration; empty for models without."""
        losses = np.empty(self._fitted().figures.losses, dtype=np.float64)
        _calls.run("model_losses", self._fitted().model, losses)
        return losses

    def options(self) -> dict[str, Any]:
        """The parameters by their names on the command line, without the number of threads."""
        parameters = {self._names.get(name, name.replace("_", "-")): value for name, value in self.parameters().items()}
        del parameters["num-threads"]
        return parameters

    def _options(self) -> bytes:
        return _calls.options(**self.options(), threads=self.num_threads)

    def _threads(self) -> bytes:
        return _calls.options(threads=self.num_threads)

    def _fitted(self) -> Fitted:
        if self._fit is None:
            raise ValueError(f"this {type(self).__name__} is not fitted; call fit first")
        return self._fit

    def _restore(self, kind: str, parameters: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> None:
        if kind != self._kind:
            raise ValueError(f"the file has a model of the kind {kind}; {type(self).__name__} is {self._kind}")
        try:
            self.__init__(**parameters)  # type: ignore[misc]
        except TypeError as error:
            raise ValueError(f"the file has other parameters than {type(self).__name__}: {error}") from error
        self._fit = Fitted.of(arrays, kind, self._options()) if arrays else None

    def __getstate__(self) -> bytes:
        return _fitted.to_bytes(self._kind, self.parameters(), self._fit)

    def __setstate__(self, state: bytes) -> None:
        self._restore(*_fitted.read(io.BytesIO(state)))

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        changed = [f"{name}={value!r}" for name, value in self.parameters().items() if value != defaults[name].default]
        return f"{type(self).__name__}({', '.join(changed)})"
