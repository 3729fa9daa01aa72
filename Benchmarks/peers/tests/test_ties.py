import unittest

import numpy

from peers import similarity, ties

FOUND = numpy.array([[1, 2, 3], [0, 2, 3]])
VALUES = numpy.array([[0.9, 0.5, 0.4], [0.9, 0.8, 0.4]], dtype=numpy.float32)


def wrong(others, values=VALUES) -> int:
    return ties.differences(FOUND, VALUES, numpy.array(others), numpy.asarray(values), 1e-5)["wrong_rows"]


class TiesTests(unittest.TestCase):
    def test_the_same_lists_agree(self):
        self.assertEqual(wrong(FOUND), 0)

    def test_the_order_of_equals_does_not_count(self):
        self.assertEqual(wrong([[2, 1, 3], [0, 2, 3]]), 0)

    def test_another_with_the_value_of_the_last_agrees(self):
        self.assertEqual(wrong([[1, 2, 7], [0, 2, 3]]), 0)

    def test_a_wrong_neighbor_fails(self):
        self.assertEqual(wrong([[7, 2, 3], [0, 2, 3]]), 1)

    def test_a_wrong_similarity_fails(self):
        values = VALUES.copy()
        values[1, 1] = 0.79
        self.assertEqual(wrong(FOUND, values), 1)

    def test_a_missing_neighbor_fails(self):
        values = VALUES.copy()
        values[0, 2] = 0
        self.assertEqual(wrong([[1, 2, -1], [0, 2, 3]], values), 1)

    def test_other_shapes_are_refused(self):
        with self.assertRaises(ValueError):
            wrong(FOUND[:, :2], VALUES[:, :2])


class SimilarityTests(unittest.TestCase):
    def test_peers_find_what_the_definition_says(self):
        import scipy.sparse

        generator = numpy.random.default_rng(1)
        stars = generator.integers(1, 11, size=(80, 90)) / 2 * (generator.random((80, 90)) < 0.3)
        ratings = scipy.sparse.csr_matrix(stars.astype(numpy.float32))
        unit = stars / numpy.linalg.norm(stars, axis=1, keepdims=True)
        cosines = unit @ unit.T
        numpy.fill_diagonal(cosines, -1)
        best = numpy.argsort(-cosines, axis=1, kind="stable")[:, :similarity.NEIGHBORS]
        values = numpy.take_along_axis(cosines, best, axis=1)
        for name in ("sparse_dot_topn", "similaripy", "implicit", "scikit_learn", "numpy_dense", "faiss_flat"):
            with self.subTest(name):
                found = similarity.table(*getattr(similarity, name)(ratings)(), 80)
                self.assertEqual(ties.differences(best, values, *found, similarity.TOLERANCE)["wrong_rows"], 0)
