"""Membership inference: whether a model tells who was in its data, before and after 200 users were erased.

The attack needs no other models. For each person it folds their ratings into the item factors, as the model does with guests, and
asks how well these fit: items that were learned with somebody's ratings fit them better. The area under the curve (AUC) is the
probability that a member is taken for one rather than somebody who never was: 0.5 is chance.
"""

import csv
import json
import random

from lib import ROOT, Skipped, check

# Of the attack; fewer do without it, as the area of few people says little.
COUNT, FEW = 200, 30


def auc(members, others):
    """The share of pairs in which the member's score is the higher; ties count half. Of [2, 3] and [1, 3] it is 0.625."""
    wins = sum((m > o) + 0.5 * (m == o) for m in members for o in others)
    return wins / (len(members) * len(others))


def fold_in(design, target, weights, ridge):
    import numpy
    gram = (design * weights[:, None]).T @ design + ridge * numpy.eye(design.shape[1])
    return numpy.linalg.solve(gram, (design * weights[:, None]).T @ target)


class Attack:
    """The scores of people by a saved model: higher where it seems to know them."""

    def __init__(self, folder):
        import numpy
        self.folder, self.numpy = folder, numpy
        self.settings = json.loads((folder / "configuration.json").read_text())
        with open(folder / "items.csv", newline="") as file:
            self.place = {row[0]: number for number, row in enumerate(list(csv.reader(file))[1:])}
        self.factors = numpy.load(folder / "item_factors.npy").astype(float)

    def als(self, ratings):
        """Minus the mean squared error of own ratings after the fold-in."""
        numpy = self.numpy
        biases = numpy.load(self.folder / "item_biases.npy").astype(float)
        known = [(self.place[item], value) for item, value in ratings if item in self.place]
        rows = [place for place, _ in known]
        target = numpy.array([value for _, value in known]) - biases[rows]
        target -= target.mean()
        ridge = self.settings["regularization"] * len(rows) ** self.settings["regularizationExponent"]
        user = fold_in(self.factors[rows], target, numpy.ones(len(rows)), ridge)
        return -float(((target - self.factors[rows] @ user) ** 2).mean())

    def implicit(self, ratings):
        """The mean preference that is predicted for own likes after the fold-in."""
        numpy = self.numpy
        likes = [self.place[item] for item, value in ratings if item in self.place and value >= self.settings["feedback"]["threshold"]]
        if not likes:
            return 0.0
        weights = numpy.full(len(self.factors), self.settings["unobservedWeight"])
        weights[likes] = self.settings["highestWeight"]
        target = numpy.zeros(len(self.factors))
        target[likes] = 1
        ridge = self.settings["regularization"] * len(likes)
        return float((self.factors @ fold_in(self.factors, target, weights, ridge))[likes].mean())


def groups(people, count):
    """Some who are erased and as many who never were there, in pairs of nearly as many ratings; the rest stay."""
    source = random.Random(18)
    by_size = sorted(people, key=lambda user: (len(people[user]), user))
    pairs = source.sample([by_size[i:i + 2] for i in range(0, len(by_size) - 1, 2)], count)
    erased, never = [], []
    for pair in pairs:
        source.shuffle(pair)
        erased.append(pair[0])
        never.append(pair[1])
    return erased, never


def test_membership(lab):
    """After erasures als and implicit are, byte for byte, the models of a store that never had these people; with --long, of 200,
    an attack on membership does no better than chance: AUC 0.5 ± 0.03."""
    movielens = ROOT.parent / "shared/data/ml-100k/u.data"
    if not movielens.exists():
        raise Skipped("MovieLens 100K is not beside the project")
    try:
        import numpy  # noqa: F401
    except ImportError:
        raise Skipped("numpy is missing") from None
    people = {}
    rows = [line.split("\t") for line in movielens.read_text().splitlines()]
    for user, item, value, _ in rows:
        people.setdefault(user, []).append((item, float(value)))
    erased, never = groups(people, COUNT if lab.is_long else FEW)
    stores = {}
    for name, left_out in {"members": set(never), "rest": set(never) | set(erased)}.items():
        source = lab.folder / f"{name}.csv"
        source.write_text("user,item,rating,timestamp\n" + "".join(",".join(row) + "\n" for row in rows if row[0] not in left_out))
        stores[name] = lab.folder / f"{name}.sqlite"
        lab.kindred("import", source, "--store", stores[name], "--quiet")
    figures = {}

    def attack(store, moment):
        for model in ("als", "implicit"):
            folder = lab.folder / f"{moment}-{model}"
            lab.kindred("train", store, "--model", model, "--output", folder, "--quiet", timeout=300)
            score = getattr(Attack(folder), model)
            figures[model, moment] = auc([score(people[user]) for user in erased], [score(people[user]) for user in never])

    if lab.is_long:
        attack(stores["members"], "before")
    for user in erased:
        lab.kindred("privacy", "erase", stores["members"], "--user", user, "--quiet")
    attack(stores["members"], "after")
    attack(stores["rest"], "never")
    for model in ("als", "implicit"):
        if lab.is_long:
            before, after = figures[model, "before"], figures[model, "after"]
            check(before > 0.6, f"{model}: the attack works on the model before, AUC {before:.3f}")
            check(abs(after - 0.5) <= 0.03, f"{model}: it does no better than chance after, AUC {after:.3f}")
        same = all(
            (lab.folder / f"after-{model}" / path.name).read_bytes() == path.read_bytes()
            for path in (lab.folder / f"never-{model}").iterdir())
        check(same, f"{model}: the bytes of a model that never had them")
