import unittest

import numpy
import scipy.sparse

from peers import als_reference

CONFIGURATION = {
    "rank": 3, "regularization": 0.5, "biasRegularization": 1.0, "regularizationExponent": 0.4,
    "unobservedWeight": 0.25, "highestWeight": 1.5, "feedback": {"threshold": 4, "least": 0, "most": 1}}
SCALE = {"minimum": 0.5, "maximum": 5}


def ratings():
    generator = numpy.random.default_rng(2)
    stars = generator.integers(1, 11, size=(12, 9)) / 2 * (generator.random((12, 9)) < 0.5)
    return scipy.sparse.csr_matrix(stars)


class ReferenceTests(unittest.TestCase):
    def objectives(self):
        yield als_reference.Explicit(ratings(), CONFIGURATION, mean=2.75)
        yield als_reference.Implicit(ratings(), CONFIGURATION, SCALE)

    def test_a_half_step_ends_where_no_direction_lowers_the_loss(self):
        for objective in self.objectives():
            users, items = als_reference.fit(objective, 2)
            least = objective.loss(users, items)
            generator = numpy.random.default_rng(3)
            for _ in range(20):
                moved = users + 1e-3 * generator.standard_normal(users.shape)
                self.assertGreater(objective.loss(moved, items), least)

    def test_the_loss_falls_from_iteration_to_iteration(self):
        for objective in self.objectives():
            losses = [objective.loss(*als_reference.fit(objective, count)) for count in (1, 2, 4)]
            self.assertEqual(losses, sorted(losses, reverse=True))

    def test_losses_follow_the_definition(self):
        explicit, implicit = self.objectives()
        users, items = als_reference.fit(explicit, 1)
        expected = 0.0
        dense = ratings().toarray()
        for u, i in numpy.argwhere(dense):
            predicted = 2.75 + users[u, -1] + items[i, -1] + users[u, :-1] @ items[i, :-1]
            expected += (dense[u, i] - predicted) ** 2
        for factors, counts in ((users, (dense > 0).sum(1)), (items, (dense > 0).sum(0))):
            for row, count in zip(factors, counts):
                expected += count**0.4 * (0.5 * (row[:-1] ** 2).sum() + row[-1] ** 2)
        self.assertAlmostEqual(explicit.loss(users, items), expected, places=9)

        users, items = als_reference.fit(implicit, 1)
        expected = 0.25 * ((users @ items.T) ** 2).sum()
        for u, i in numpy.argwhere(dense):
            stars = dense[u, i]
            target = (stars - 0.5) / 3.5 if stars < 4 else 1
            weight = 1 if stars < 4 else 1 + 0.5 * (stars - 4)
            expected += weight * (target - users[u] @ items[i]) ** 2
        for factors, counts, partners in ((users, (dense > 0).sum(1), 9), (items, (dense > 0).sum(0), 12)):
            for row, count in zip(factors, counts):
                expected += 0.5 * (count + 0.25 * partners) ** 0.4 * (row**2).sum()
        self.assertAlmostEqual(implicit.loss(users, items), expected, places=9)
