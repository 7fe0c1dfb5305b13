"""Training of the models that are shipped, and of your own."""

from models.training.recipe import Trained, train

__all__ = ["Trained", "train"]
