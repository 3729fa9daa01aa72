"""Holds the factors that `kindred train` wrote against numpy.

    factorization.py RATINGS MODEL [USER ITEM …]

RATINGS is a ratings file of MovieLens, tab-separated or a CSV with a header; MODEL the folder that `kindred train` wrote for als
or implicit. The users are solved last, so the row of every user must solve the user's normal equations, built here in
float64 from the ratings, the item factors and configuration.json. Ends with an error where one does not. Prints as JSON how
far the rows are off at most, and for als what is predicted for each pair of user and item.
"""

import csv
import json
import os
import sys

# The systems are small: threads would only wait for each other.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402

TOLERANCE = 1e-4


def read_ratings(path):
    """(user, item, rating) of every line."""
    with open(path, newline="") as file:
        rows = list(csv.reader(file, delimiter="," if path.endswith(".csv") else "\t"))
    return [(row[0], row[1], float(row[2])) for row in rows[path.endswith(".csv"):]]


def read_ids(path):
    with open(path, newline="") as file:
        return {row[0]: index for index, row in enumerate(list(csv.reader(file))[1:])}


def explicit_row(items, ratings, model, configuration):
    """(Σ x·xᵀ + Λ)·w = Σ (r − μ − b_i)·x, with x = (q_i, 1) and Λ = n^ν·diag(λ, …, λ, λ_b)."""
    x = np.hstack([model["item_factors"][items], np.ones((len(items), 1))])
    targets = ratings - model["mean"] - model["item_biases"][items]
    penalty = np.full(x.shape[1], configuration["regularization"])
    penalty[-1] = configuration["biasRegularization"]
    growth = len(items) ** configuration["regularizationExponent"]
    return np.linalg.solve(x.T @ x + np.diag(growth * penalty), x.T @ targets)


def strength(ratings, scale, threshold, least, most):
    """Linear from least at the lowest rating to 1 at the threshold, and from there to most at the highest."""
    return np.interp(ratings, [scale["minimum"], threshold, scale["maximum"]], [least, 1, most])


def implicit_row(items, ratings, model, configuration):
    """(α₀·QᵀQ + Σ c·q·qᵀ + λ·(n + α₀·items)^ν·I)·p = Σ c·t·q."""
    q, feedback = model["item_factors"], configuration["feedback"]
    target = strength(ratings, model["scale"], feedback["threshold"], feedback["least"], feedback["most"])
    weight = strength(ratings, model["scale"], feedback["threshold"], 1, configuration["highestWeight"])
    unobserved = configuration["unobservedWeight"]
    growth = (len(items) + unobserved * len(q)) ** configuration["regularizationExponent"]
    rated = q[items]
    gramian = unobserved * q.T @ q + (rated.T * weight) @ rated
    return np.linalg.solve(
        gramian + configuration["regularization"] * growth * np.eye(q.shape[1]), rated.T @ (weight * target))


def main(ratings_path, folder, pairs):
    with open(f"{folder}/model.json") as file:
        manifest = json.load(file)
    with open(f"{folder}/configuration.json") as file:
        configuration = json.load(file)
    users, items = read_ids(f"{folder}/users.csv"), read_ids(f"{folder}/items.csv")
    model = {"scale": manifest["scale"], "mean": manifest["numbers"].get("mean")}
    for name, description in manifest["arrays"].items():
        array = np.load(f"{folder}/{name}")
        assert array.dtype == np.float32 and list(array.shape) == description["shape"], f"{name}: {array.dtype} {array.shape}"
        model[name.removesuffix(".npy")] = array.astype(np.float64)

    rows = {user: ([], []) for user in users}
    for user, item, rating in read_ratings(ratings_path):
        rows[user][0].append(items[item])
        rows[user][1].append(rating)
    assert len(model["user_factors"]) == len(users) and len(model["item_factors"]) == len(items)
    is_explicit = manifest["model"] == "als"
    solve = explicit_row if is_explicit else implicit_row
    if is_explicit:
        mean = np.mean([rating for _, values in rows.values() for rating in values])
        assert abs(model["mean"] - mean) < 1e-6, f"μ = {model['mean']}, numpy {mean}"
    worst = 0
    for user, (rated, values) in rows.items():
        expected = solve(np.array(rated), np.array(values), model, configuration)
        found = model["user_factors"][users[user]]
        if is_explicit:
            found = np.append(found, model["user_biases"][users[user]])
        error = np.linalg.norm(found - expected) / np.linalg.norm(expected)
        assert error <= TOLERANCE, f"user {user}: {found} is off by {error}, numpy {expected}"
        worst = max(worst, error)

    predictions = []
    for user, item in zip(pairs[::2], pairs[1::2]) if is_explicit else ():
        u, i = users[user], items[item]
        product = model["user_factors"][u] @ model["item_factors"][i]
        rating = model["mean"] + model["user_biases"][u] + model["item_biases"][i] + product
        predictions.append(min(max(rating, manifest["scale"]["minimum"]), manifest["scale"]["maximum"]))
    print(json.dumps({"users": len(rows), "worst": worst, "predictions": predictions}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
