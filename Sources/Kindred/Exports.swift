@_exported public import Engine
@_exported public import Evaluation
@_exported public import Factorization
@_exported public import FileOutput
@_exported public import GraphFiles
@_exported public import Graphs
@_exported public import LinearAlgebra
@_exported public import ModelFiles
@_exported public import Neighbors
@_exported public import RatingFiles
@_exported public import Ratings
@_exported public import Reports

@_exported public import struct Platform.ArchiveLimits
