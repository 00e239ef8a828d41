"""Models as scikit-learn's estimators: for pipelines, cross-validation and grid searches. Nothing here needs scikit-learn itself."""

from rcwidgets.core.estimator.classification import Classifier
from rcwidgets.core.estimator.regression import Regressor

__all__ = ["Classifier", "Regressor"]
