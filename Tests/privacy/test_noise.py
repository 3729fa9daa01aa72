"""Published counts: their noise is that of OpenDP's samplers, and the budget is a limit."""

import csv
import math
from collections import Counter
from datetime import date, timedelta

from lib import ROOT, Skipped, check, query

# Two thirds of the cells have noise alone: no rating of the sample is of before 1990 or after 2100.
FIRST, LAST = date(1970, 1, 1), date(2109, 12, 31)
QUIET = [(date(1970, 1, 1), date(1989, 12, 31)), (date(2100, 1, 1), date(2109, 12, 31))]
DELTA = 1e-6


def opendp():
    try:
        import opendp.prelude as library
    except ImportError as error:
        raise Skipped(f"the package opendp is missing ({error})") from error
    library.enable_features("contrib")
    return library


def store_of(lab):
    store = lab.folder / "store.sqlite"
    lab.kindred("import", ROOT / "data/sample", "--store", store, "--quiet")
    return store


def publish(lab, store, *options):
    """A published table as rows of texts, and what the command said."""
    output = lab.folder / "counts.csv"
    run = lab.run("privacy", "publish", store, "--output", output, *options)
    assert run.returncode == 0, run.stderr
    with open(output, newline="") as file:
        return list(csv.reader(file)), run.stdout


def noise(lab, store, *options):
    """Noise of cells without ratings, by the thousand."""
    rows, _ = publish(
        lab, store, "--view", "ratings_per_day", "--from", FIRST, "--to", LAST, "--ratings-per-user", "1", "--negative",
        "--quiet", *options)
    days = [FIRST + timedelta(place) for place in range((LAST - FIRST).days + 1)]
    check(rows[0] == ["day", "ratings"] and [row[0] for row in rows[1:]] == [str(day) for day in days], "every day has a row")
    return [int(count) for day, count in rows[1:] if any(first <= date.fromisoformat(day) <= last for first, last in QUIET)]


def critical(freedom):
    """What χ² stays below in 999,999 of a million runs (Wilson & Hilferty 1931)."""
    return freedom * (1 - 2 / (9 * freedom) + 4.753 * math.sqrt(2 / (9 * freedom))) ** 3


def chi_squared(ours, theirs):
    """χ² of two samples, with values that are rare in both put together at either end, and its degrees of freedom."""
    one, other = Counter(ours), Counter(theirs)
    values = sorted(value for value in one | other if one[value] + other[value] >= 20)
    low, high = values[0], values[-1]

    def cells(counts):
        binned = Counter()
        for value, count in counts.items():
            binned[max(low, min(high, value))] += count
        return binned

    one, other = cells(one), cells(other)
    # Unequal sizes: Numerical Recipes, section 14.3.
    weight = math.sqrt(len(theirs) / len(ours))
    found = sorted(one | other)
    value = sum((weight * one[cell] - other[cell] / weight) ** 2 / (one[cell] + other[cell]) for cell in found)
    return value, len(found) - 1


def compare(name, ours, right, wrong):
    value, freedom = chi_squared(ours, right)
    check(value < critical(freedom), f"{name}: as OpenDP's", f"χ² {value:.1f}, critical {critical(freedom):.1f} of {freedom}")
    value, freedom = chi_squared(ours, wrong)
    check(value > critical(freedom), f"{name}: another scale is told apart", f"χ² {value:.1f}, critical {critical(freedom):.1f}")


def test_distributions(lab):
    """Noise of the program has the distribution of OpenDP's discrete Laplace and Gaussian samplers, by χ²."""
    library = opendp()
    store = store_of(lab)
    lab.kindred("privacy", "budget", store, "--total", 100, "--total-delta", 0.001)
    count = 20_000
    integers = library.vector_domain(library.atom_domain(T=int))

    def laplace(scale):
        return library.m.make_laplace(integers, library.l1_distance(T=int), scale=scale)([0] * count)

    def gaussian(scale):
        return library.m.make_gaussian(integers, library.l2_distance(T=float), scale=scale)([0] * count)

    for epsilon in (0.5, 0.15):
        ours = noise(lab, store, "--epsilon", epsilon)
        compare(f"laplace, ε {epsilon}", ours, laplace(1 / epsilon), laplace(1.15 / epsilon))
    for epsilon in (2, 0.5):
        ours = noise(lab, store, "--mechanism", "gaussian", "--epsilon", epsilon, "--delta", DELTA)
        rho = (math.sqrt(math.log(1 / DELTA) + epsilon) - math.sqrt(math.log(1 / DELTA))) ** 2
        sigma = math.sqrt(1 / (2 * rho))
        compare(f"gaussian, ε {epsilon}", ours, gaussian(sigma), gaussian(1.15 * sigma))


def test_budget(lab):
    """Each table spends, nothing is written beyond the total, and every run has noise of its own."""
    store = store_of(lab)
    options = ("--view", "rating_distribution", "--epsilon", "0.4")
    run = lab.run("privacy", "publish", store, "--output", lab.folder / "none.csv", *options)
    check(run.returncode == 1 and "budget" in run.stderr, "nothing is published without a total", run.stderr)
    check(not (lab.folder / "none.csv").exists(), "no file is left")
    told = lab.kindred("privacy", "budget", store, "--total", 1)
    check("Spent: ε 0.0 of ε 1.0" in told, "a total is set", told)
    one, said = publish(lab, store, *options)
    check("spent ε 0.4 of ε 1.0" in said, "what is spent is told", said)
    two, _ = publish(lab, store, *options)
    check(one != two and [row[0] for row in one] == [row[0] for row in two], "the same arguments spend again, with other noise", f"{one} {two}")
    before = (lab.folder / "counts.csv").read_bytes()
    run = lab.run("privacy", "publish", store, "--output", lab.folder / "counts.csv", *options)
    check(
        run.returncode == 1 and "ε 0.8 of ε 1.0 are spent, and ε 0.4 more" in run.stderr, "the ledger refuses", run.stderr)
    check((lab.folder / "counts.csv").read_bytes() == before, "the file before is as it was")
    check(all(int(row[1]) >= 0 for row in one[1:]), "counts are not below 0", one)
    spent = query(store, "SELECT count(*), sum(epsilon) FROM budget_spendings")[0]
    check(spent == (2, 800_000), "two tables are in the ledger", spent)
    run = lab.run("privacy", "publish", store, "--output", lab.folder / "x.csv", "--mechanism", "gaussian", *options)
    check(run.returncode == 64 and "--delta" in run.stderr, "gaussian needs a δ", run.stderr)
