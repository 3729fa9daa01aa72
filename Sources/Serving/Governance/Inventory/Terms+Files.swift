/// The names of fields of files and indices.
extension Terms {
    private static let user = "id of the user, as in the source"

    static let people: KeyValuePairs = [
        "user_id": user, "userId": user, "label": user, "Id": user, "Label": user, "userId:ID(User)": user,
        "source": "id of the user at one end", "target": "id of the user at the other end",
        "Source": "id of the user at one end", "Target": "id of the user at the other end",
        ":START_ID(User)": "id of the user at one end", ":END_ID(User)": "id of the user at the other end",
        "users": "ids of users, in order", "examples.user": "id of a user whose lists are shown",
        "id": "id of the user or item, as in the source", "place.user": user, "place.item": "id of an item",
        "neighbor_id": "id of a similar user",
    ]

    static let behavior: KeyValuePairs = [
        "rating": "on the scale of the source", "timestamp": "seconds since 1970", "@timestamp": "seconds since 1970",
        "arrived": "when it came in", "ratings": "number of ratings", "ratings:int": "number of ratings",
        "mean_rating": "mean of the ratings", "meanRating:double": "mean of the ratings",
        "average": "mean of the ratings", "first_time": "time of the first rating",
        "last_time": "time of the last rating", "text": "the line that was left out",
        "examples.ratings": "number of ratings of the example", "examples.favorites": "what the example likes most",
        "examples.lists.*": "what models recommend to the example, with reasons", "item_id": "id of the item",
        "rating_offsets": "where the ratings of each user begin", "rating_items": "items of ratings",
        "rating_values": "the ratings", "document.*": "the document that was refused",
        "action.*": "what was asked of the index, with the id of the document",
        "place.*": "of the source, from which publishing goes on",
    ]

    static let derived: KeyValuePairs = [
        "community": "number of the community", "community:int": "number of the community",
        "degree": "number of neighbors in the graph", "degree:int": "number of neighbors in the graph",
        "weighted_degree": "sum of the similarities", "weightedDegree:double": "sum of the similarities",
        "similarity": "similarity of two users", "similarity:float": "similarity of two users",
        "Weight": "similarity of two users", "weight": "similarity of two users",
        "support": "number of items that both rated", "support:int": "number of items that both rated",
        "predicted_rating": "in stars", "score": "what the list is sorted by", "rank": "place in the list, from 1",
        "values": "an array with a row for each user, item, edge or rating",
        "examples.shared": "items that all lists have", "page": "a page to read",
        "bias": "what a model adds for the user or item", "factors": "the user or item as a model sees them",
    ]

    static let technical: KeyValuePairs = [
        ":LABEL": "User", ":TYPE": "SIMILAR_TO", "Type": "Undirected", "row": "number of a user, from 1",
        "column": "number of a user, from 1", "size": "number of members", "movieId": "id of an item",
        "internal_weight": "weight of the edges inside", "conductance": "share of the weight that leaves it",
        "top_items": "what members like more than others", "top_genres": "what members like more than others",
        "line": "line of the file, from 1", "reason": "why it was left out", "title": "title of the item",
        "genres": "genres of the item", "year": "year of the item", "genre": "name of the genre",
        "items": "items, or how many", "run": "number of the run", "model": "the model",
        "share": "share of all ratings",
        "bayesian_average": "mean rating, drawn to the mean of all", "above_mean": "mean less that of all",
        "value": "the value", "minute": "such as 2026-01-31 23:59", "hour": "such as 2026-01-31 23:00",
        "day": "such as 2026-01-31", "month": "such as 2026-01", "active_users": "number of users who have rated",
        "ratings_per_user": "ratings per active user", "*": "parameters of the run",
        "fold": "number of the split, or mean",
        "metric": "name of a measure", "at": "places of a list that count", "trial": "number of the trial",
        "splits": "how many it was measured on", "first_split": "score on the first of them",
        "chosen": "whether it won", "time": "of the rating, seconds since 1970", "labels": "labels of the metric",
        "status": "status of the answer", "rejected_at": "when a document was rejected, in seconds since 1970",
        "type": "type of the error", "checksum": "SHA-256 of the source",
        "rounds": "whole rounds before this one", "delivered": "messages that are delivered",
        "": "a list of numbers", "lines": "measurements of a search",
        "index": "place of the user in the order of ids, from 0", "side": "user or item",
        "kindred": "version of the program", "entries": "number of neighbors of all users",
    ]

    /// Of reports, which are of many people together.
    static let figures: KeyValuePairs = [
        "arithmetic.*": "libraries and kernels that computed", "columns.*": "columns of the source by what they hold",
        "communities": "number of communities", "disconnected_communities": "those that are not connected",
        "duplicate_ratings": "rows that gave way to another", "edges": "number of edges", "encoding": "of the source",
        "isolated_users": "number of users without edges", "layout": "form of the source",
        "memory_estimate_bytes": "memory that was expected", "modularity": "modularity of the communities",
        "notes": "how the source was read", "options.*": "options of the run", "peak_memory_bytes": "memory at most",
        "profiles.*": "the largest communities", "rating_scale.*": "scale of the ratings",
        "rejected_rows": "number of rows left out", "rows": "number of rows", "seconds.*": "time of each stage",
        "stability": "agreement over seeds", "total_weight": "sum of the similarities", "version": "of the program",
        "differences.*": "of models, with intervals", "models.*": "measures of each model",
        "overlaps.*": "what the lists of two models share", "examples.at": "length of the lists",
        "likes_from": "rating of a like", "list_length": "length of a list", "window": "ratings of the window",
        "new_users_below": "ratings of a new user", "errors.*": "errors over the replay",
        "drifts.*": "changes of the error",
        "window_*": "figures over the window", "total_*": "figures over all ratings so far",
        "format": "kindred-model", "format_version": "of the file", "program_version": "of the program",
        "vocabulary_sha256": "of the ids", "scale.*": "scale of the ratings", "numbers.*": "scalars of the model",
        "loss": "training loss at the end of the fit",
        "arrays.*": "shape and SHA-256 of each array", "configuration_sha256": "of the configuration",
        "own_sha256": "of the file",
    ]
}
