"""What the metrics are, in words and as a formula: the footer, the table of metrics and Python all tell it from here."""

from typing import NamedTuple


class Measure(NamedTuple):
    """A metric: its label, the unit of its values, its definition in words, and its formula in plain text.

    In the formulas mse_c and var_c are the mean squared error and the variance of the target of one channel, over the rows of the part.
    """

    label: str
    unit: str
    definition: str
    formula: str


MEASURES: dict[str, Measure] = {
    "nrmse": Measure(
        "NRMSE",
        "standard deviations",
        "Root mean squared error divided by the target's standard deviation, over all channels; 1 is as good as always saying the mean.",
        "sqrt(mean over channels of mse_c / var_c)",
    ),
    "rmse": Measure("RMSE", "the data's unit", "Root of the mean squared error: the usual size of an error.", "sqrt(MSE)"),
    "mse": Measure(
        "MSE",
        "the data's unit, squared",
        "Mean squared error, over all rows and channels.",
        "mean of (forecast - truth)^2",
    ),
    "nmse": Measure(
        "NMSE",
        "variances",
        "Mean squared error divided by the target's variance, over all channels: the square of NRMSE.",
        "mean over channels of mse_c / var_c",
    ),
    "r2": Measure(
        "R²",
        "no unit",
        "Share of the target's variance that the forecast explains: 1 is perfect, 0 is as good as always saying the mean.",
        "1 - NMSE",
    ),
    "mae": Measure("MAE", "the data's unit", "Mean size of an error, over all rows and channels.", "mean of |forecast - truth|"),
    "valid_prediction_time": Measure(
        "Valid prediction time",
        "steps or Lyapunov times",
        "How long the closed loop, in which each forecast is the next input, keeps its error below the threshold. A Lyapunov time is "
        "the time in which a small error of a chaotic system grows e-fold.",
        "first t at which sqrt(mean over channels of (run - truth)^2 / var_c) > threshold",
    ),
    "trained_weights": Measure(
        "Trained weights", "weights", "How many numbers training sets: weights and biases.", "sum over nodes of their trained numbers"
    ),
    "rows": Measure(
        "Rows", "rows", "How many rows of the data train the network, and how many test it.", "test = all rows - warm-up - train - horizon"
    ),
    "seconds": Measure("Training time", "seconds", "From the change, or from Run, to these results.", ""),
}
