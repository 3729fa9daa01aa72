"""Exact graphs of similar users, their communities, and recommendations.

    import kindred

    graph = kindred.similarity_graph(ratings, k=50)          # a SciPy CSR of users × items, or a frame
    graph.neighbors                                          # CSR of similarities, shape (users, users)
    graph.communities(resolution=1.0, seed=1).labels
    als = kindred.AlternatingLeastSquares().fit(ratings)
    ids, scores = als.recommend([0, 1], ratings[[0, 1]], N=10)
    kindred.compare({"als": als, "knn": kindred.UserKNN(k=40)}, ratings, folds=5)

Names, shapes and defaults follow implicit and scikit-learn; the docstrings say where they differ. ``kindred.neighbors`` has
a transformer for scikit-learn, which it needs.
"""

from ._library import processor, version
from ._matrices import ConversionWarning
from .als import AlternatingLeastSquares, ImplicitALS
from .bayes import BayesianFactorization
from .blend import Blend
from .communities import Communities, Edges
from .comparison import Comparison, compare
from .ease import EASE, Popularity
from .graph import SimilarityGraph, similarity_graph
from .knn import UserKNN
from .recommender import Explanation, Recommender

__version__ = "0.10.0"

__all__ = [
    "EASE",
    "AlternatingLeastSquares",
    "BayesianFactorization",
    "Blend",
    "Communities",
    "Comparison",
    "ConversionWarning",
    "Edges",
    "Explanation",
    "ImplicitALS",
    "Popularity",
    "Recommender",
    "SimilarityGraph",
    "UserKNN",
    "compare",
    "processor",
    "similarity_graph",
    "version",
]
