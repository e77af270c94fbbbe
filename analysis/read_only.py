"""Results that stay what they were computed as."""

import numpy as np


class ReadOnly:
    """A frozen dataclass whose arrays cannot be written to either.

    Each is a view: an array that was handed in stays its owner's to write.
    """

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray):
                own = value.view()
                own.setflags(write=False)
                object.__setattr__(self, name, own)
