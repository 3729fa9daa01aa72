import unittest

import numpy

from peers import communities

# Two triangles and a bridge.
EDGES = numpy.array([[0, 1], [0, 2], [1, 2], [2, 3], [3, 4], [3, 5], [4, 5]], dtype=numpy.int32)
WEIGHTS = numpy.ones(7)


class CommunitiesTests(unittest.TestCase):
    def test_two_triangles_and_a_bridge(self):
        found = communities.measures(6, EDGES, WEIGHTS, numpy.array([0, 0, 0, 1, 1, 1]))
        self.assertAlmostEqual(found["modularity"], 5 / 14)
        self.assertEqual((found["communities"], found["disconnected"]), (2, 0))

    def test_a_community_in_pieces_is_counted(self):
        found = communities.measures(6, EDGES, WEIGHTS, numpy.array([7, 7, 2, 2, 7, 7]))
        self.assertEqual((found["communities"], found["disconnected"]), (2, 1))
