/// The C interface of Kindred: exact graphs of similar users, communities, recommenders and their comparison.
///
/// Every function that can fail returns a `kindred_status` and writes its results through pointers, which are untouched where
/// it fails, but for arrays that were being filled. Nothing that is passed ends the process: arrays are checked before they are
/// read, except that C cannot tell whether a pointer leads to as much memory as was said.
///
/// Handles (`kindred_ratings *` and the like) are names of objects that the library keeps; they are never followed as pointers.
/// A handle that was freed, or is of another kind, gives `KINDRED_VALUE`, and freeing it again, or NULL, does nothing. Any
/// number of threads may call functions at once, also with the same handles; results are immutable.
///
/// Texts are UTF-8 and end with NUL. Options are lines `name=value`, with the names of the command line and of the parameters
/// of models; NULL and "" are the defaults, and an unknown name or a bad value gives `KINDRED_VALUE`. Every function with
/// options takes `threads`, 0 (the default) for all processors. Results do not depend on it: the same input and options give
/// the same bytes on one machine.
///
///     kindred_call *call = kindred_call_make();
///     kindred_ratings *ratings;
///     kindred_graph *graph;
///     if (kindred_ratings_make(&matrix, NULL, NULL, NULL, call, &ratings) != KINDRED_DONE
///         || kindred_graph_make(ratings, "neighbors=10\nmeasure=cosine", call, &graph) != KINDRED_DONE)
///         fprintf(stderr, "%s\n", kindred_call_error(call));
#ifndef KINDRED_H
#define KINDRED_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: - Status and calls

/// What came of a call.
typedef int32_t kindred_status;

enum {
    /// Done.
    KINDRED_DONE = 0,
    /// A value, an option, an array or a handle is wrong.
    KINDRED_VALUE = 1,
    /// More memory is needed than there is, or than is allowed.
    KINDRED_MEMORY = 2,
    /// `kindred_call_stop` ended it.
    KINDRED_STOPPED = 3,
    /// A file cannot be read or written.
    KINDRED_FILES = 4,
    /// Any other failure.
    KINDRED_OTHER = 5,
};

/// What is shared with a running call: its progress, a request to stop, and afterwards its error.
///
/// One object serves one call at a time, and any number one after the other. Where a function takes a call, NULL is one without
/// progress, stopping and error text.
typedef struct kindred_call kindred_call;

/// A new call; free it with `kindred_call_free`.
kindred_call *kindred_call_make(void);

/// Frees a call that no function is using any more.
void kindred_call_free(kindred_call *call);

/// Asks the running function to stop, from any thread; it then returns `KINDRED_STOPPED`, within a second but for what the
/// closed forms (`ease`, `blend`) spend in one inversion. Asked while nothing runs, it stops the next function.
void kindred_call_stop(kindred_call *call);

/// The share that is done of the running function, from 0 to 1, from any thread; 1 after one that succeeded.
double kindred_call_progress(kindred_call *call);

/// Why the last function failed and what to do about it; "" after one that succeeded.
///
/// The text stays until the call is used again or freed.
const char *kindred_call_error(kindred_call *call);

// MARK: - The library

/// The version of Kindred, as in "0.10.0".
const char *kindred_version(void);

/// The number of this interface. It changes where a program written for another number would break.
int32_t kindred_interface(void);

/// What the last bits of results depend on besides the input: the level of the processor's instructions, the BLAS and its core,
/// and the number of processors, as lines `name=value`.
const char *kindred_processor(void);

// MARK: - Ratings

/// A sparse matrix in compressed rows, read in place: entry e of row i, `offsets[i] <= e < offsets[i + 1]`, is
/// `values[e]` in column `indices[e]`.
///
/// Offsets ascend from 0 to `entries`; columns strictly ascend within a row and are below `columns`; values are finite and
/// within ±1e12. All of this is checked, and a fault is told with its place.
typedef struct kindred_csr {
    /// Users, at most 2³¹ − 1.
    int64_t rows;
    /// Items, at most 2³¹ − 1.
    int64_t columns;
    int64_t entries;
    /// Of rows + 1 elements.
    const void *offsets;
    /// Of `entries` elements.
    const void *indices;
    /// Of `entries` elements; NULL where every value is 1.
    const void *values;
    /// The bytes of one offset: 4 (int32) or 8 (int64).
    int32_t offset_bytes;
    /// The bytes of one index: 4 (int32) or 8 (int64).
    int32_t index_bytes;
    /// The bytes of one value: 4 (float) or 8 (double, rounded to float).
    int32_t value_bytes;
} kindred_csr;

/// Ids: number i is the UTF-8 text `bytes[offsets[i]] … bytes[offsets[i + 1] - 1]`, without a NUL behind it.
typedef struct kindred_ids {
    int64_t count;
    const char *bytes;
    /// Of count + 1 elements, ascending from 0.
    const int64_t *offsets;
} kindred_ids;

/// Ratings of items by users.
typedef struct kindred_ratings kindred_ratings;

/// Checks and copies ratings; the arrays are not needed afterwards.
///
/// Ids appear in files alone: everywhere else users and items are the row and column numbers. They have to be distinct and in
/// Kindred's order, so that numbers are those of the command line: numerically where every id is a whole number of 64 bits
/// written the usual way ("7", not "07"), else by their bytes.
///
/// - matrix: rows are users, columns items; at least one user, one item and one rating.
/// - users, items: one id per row or column; NULL for "0", "1", …
/// - options: `source`, what reports call the ratings; `threads`.
kindred_status kindred_ratings_make(
    const kindred_csr *matrix, const kindred_ids *users, const kindred_ids *items, const char *options,
    kindred_call *call, kindred_ratings **ratings);

void kindred_ratings_free(kindred_ratings *ratings);

// MARK: - Graph

/// The exact nearest neighbors of every user.
typedef struct kindred_graph kindred_graph;

/// Compares every pair of users: the similarity stage of `kindred graph`, with its bytes.
///
/// - options: `neighbors` (50), `measure`, `norms`, `min-support`, `min-similarity`, `shrinkage`, `item-weights`, `products`,
///   `memory-limit` (bytes beside the ratings), `threads`.
kindred_status kindred_graph_make(
    const kindred_ratings *ratings, const char *options, kindred_call *call, kindred_graph **graph);

void kindred_graph_free(kindred_graph *graph);

/// The numbers of users and of neighbors of all users together.
kindred_status kindred_graph_size(const kindred_graph *graph, int64_t *users, int64_t *neighbors);

/// Copies the neighbors; those of user u are at `offsets[u]` … `offsets[u + 1] - 1`, nearest first, and among equally near ones
/// the lower number first. NULL for an array that is not wanted.
///
/// - offsets: of users + 1 elements.
/// - neighbors, similarities, supports: of as many elements as `kindred_graph_size` tells; a similarity is in (0, 1], a support
///   the number of items that both rated.
kindred_status kindred_graph_neighbors(
    const kindred_graph *graph, int64_t *offsets, int32_t *neighbors, float *similarities, int32_t *supports);

// MARK: - Guests

/// What finds the nearest users of people outside of the ratings.
typedef struct kindred_search kindred_search;

/// Prepares a search among the users of ratings.
///
/// - options: `measure`, `norms`, `min-support`, `min-similarity`, `shrinkage`, `item-weights`, `threads`.
kindred_status kindred_search_make(
    const kindred_ratings *ratings, const char *options, kindred_call *call, kindred_search **search);

void kindred_search_free(kindred_search *search);

/// Finds the nearest users of guests by the guests' own ratings. What the measure learns from all (biases, item weights) is that
/// of the users, so a guest with the ratings of a user has the similarities of `kindred_graph_make` (with `baseline`, to rounding),
/// and that user besides.
///
/// - guests: a row for each guest on the items of the ratings; it may be empty.
/// - count: the most neighbors of a guest, 1 to 1,000,000.
/// - options: `threads`.
/// - users, similarities, supports: of shape (guests, count), nearest first; after the last neighbor come −1, 0 and 0. NULL for
///   an array that is not wanted.
kindred_status kindred_search_nearest(
    const kindred_search *search, const kindred_csr *guests, int64_t count, const char *options, kindred_call *call,
    int32_t *users, float *similarities, int32_t *supports);

// MARK: - Communities, edges, files

/// A graph with its edges, its communities and what sets them apart.
typedef struct kindred_snapshot kindred_snapshot;

/// Joins neighbors by edges and finds communities: all other stages of `kindred graph`, with its bytes.
///
/// - options: `combine` (union or mutual), `communities` (leiden, louvain, labels or none), `resolution`, `starts`, `seed`,
///   `stability` (further seeds to compare communities over; 0, the default, for none; the program's --stability is 9),
///   `threads`. With `communities=none` there are edges only, and every user is a community of one.
kindred_status kindred_snapshot_make(
    const kindred_graph *graph, const char *options, kindred_call *call, kindred_snapshot **snapshot);

void kindred_snapshot_free(kindred_snapshot *snapshot);

/// The figures of a snapshot.
typedef struct kindred_snapshot_figures {
    int64_t users;
    /// Each counted once.
    int64_t edges;
    /// Those of a single user among them.
    int64_t communities;
    /// Communities that are not connected inside.
    int64_t disconnected;
    /// Of the edges, each counted once.
    double total_weight;
    /// Q at the resolution.
    double modularity;
    /// The mean normalized mutual information over all pairs of seeds; NaN where it was not asked for.
    double stability;
} kindred_snapshot_figures;

kindred_status kindred_snapshot_figures_of(const kindred_snapshot *snapshot, kindred_snapshot_figures *figures);

/// Copies the community of every user. Communities are numbered from 0 by falling size.
kindred_status kindred_snapshot_labels(const kindred_snapshot *snapshot, int32_t *labels);

/// Copies the edges, source < target, ascending by both; NULL for an array that is not wanted.
kindred_status kindred_snapshot_edges(
    const kindred_snapshot *snapshot, int32_t *sources, int32_t *targets, float *weights, int32_t *supports);

/// Writes the files of `kindred graph` into a folder, which is made if it is missing; all appear together or none.
///
/// - formats: comma-separated: csv, graphml, gexf, npy, gephi, neo4j, matrixmarket.
/// - options: `spreadsheet-safe` (true or false), `threads`.
kindred_status kindred_snapshot_write(
    const kindred_snapshot *snapshot, const char *folder, const char *formats, const char *options,
    kindred_call *call);

/// Writes one file, of a format that is one file: graphml, gexf or matrixmarket.
kindred_status kindred_snapshot_write_file(
    const kindred_snapshot *snapshot, const char *path, const char *format, const char *options, kindred_call *call);

// MARK: - Models

/// A fitted model, with the ratings that it was fitted on.
typedef struct kindred_model kindred_model;

/// Fits a model: global, user-mean, item-mean, baseline, popularity, als, bayes, knn, implicit, ease or blend.
///
/// - options: the parameters of the model, by the names that `kindred train` and `config.toml` have; for blend also those of
///   implicit as `implicit.rank` and so on; `relevant`, the minimum rating of a like; `products`; `threads`. The rank of als,
///   implicit and bayes gives way where there are few users or items, unless another than the default was asked for.
kindred_status kindred_model_fit(
    const char *kind, const kindred_ratings *ratings, const char *options, kindred_call *call, kindred_model **model);

void kindred_model_free(kindred_model *model);

/// What a model is and has.
typedef struct kindred_model_figures {
    int64_t users;
    int64_t items;
    /// Factors per user and item of each restart; 0 for a model without factors (all but als and implicit).
    int64_t rank;
    /// Restarts of als whose predictions are averaged, 1 for other models with factors, else 0.
    int64_t restarts;
    /// Losses known: one per half-step of als and implicit (of the last restart) and per sweep of bayes.
    int64_t losses;
    /// The bytes that the model takes beside the ratings.
    int64_t bytes;
    /// μ of als, the mean of all ratings; else 0.
    double mean;
    /// The minimum rating of a like, of implicit, ease, blend and popularity; else NaN.
    double relevant;
    /// 1 if the model predicts ratings, else 0.
    int32_t predicts;
    /// 1 if the model ranks items, else 0.
    int32_t ranks;
    /// 1 if the model can be saved, else 0.
    int32_t saves;
} kindred_model_figures;

kindred_status kindred_model_figures_of(const kindred_model *model, kindred_model_figures *figures);

/// Copies the training loss after each step, as many as `kindred_model_figures.losses` says.
kindred_status kindred_model_losses(const kindred_model *model, double *losses);

/// Users or items.
enum {
    KINDRED_USERS = 0,
    KINDRED_ITEMS = 1,
};

/// Copies the factors of als or implicit, row-major, shape (users or items, rank), and the biases of als.
///
/// The rating that als predicts is μ + b_u + b_i + p_u·q_i, averaged over restarts and clamped to the scale; its lists are
/// sorted by b_i + p_u·q_i, those of implicit by p_u·q_i.
///
/// - side: `KINDRED_USERS` or `KINDRED_ITEMS`.
/// - restart: from 0.
/// - factors, biases: NULL where they are not wanted; implicit has biases of 0.
kindred_status kindred_model_vectors(
    const kindred_model *model, int32_t side, int64_t restart, float *factors, float *biases);

/// The factors and biases that als or implicit gives to users by their ratings, without a new fit: for a user of the training
/// ratings with the same ratings, those of the model up to rounding.
///
/// - ratings: a row per user, with the model's items as columns.
/// - factors: shape (rows, rank); biases: one per row; NULL where they are not wanted.
kindred_status kindred_model_fold(
    const kindred_model *model, const kindred_csr *ratings, int64_t restart, const char *options, kindred_call *call,
    float *factors, float *biases);

/// For whom lists are made, and of which items.
typedef struct kindred_query {
    /// The number of lists.
    int64_t count;
    /// The user of each list; NULL where all are folded in.
    const int32_t *users;
    /// A row per list: what each user has rated. NULL for the training ratings of `users`.
    const kindred_csr *ratings;
    /// 1 to fold the users in by `ratings` instead of using what was learned of them, else 0.
    int32_t fold;
    /// 1 to leave out the items that the user has rated, else 0.
    int32_t exclude_rated;
    /// Items that no list has; NULL for none.
    const int32_t *excluded;
    int64_t excluded_count;
    /// The only items that lists have; NULL for all.
    const int32_t *allowed;
    int64_t allowed_count;
} kindred_query;

/// The best items for each user, best first, and among equally good ones the lower number first.
///
/// - length: the length of each list, at least 1.
/// - items, scores: shape (count, length), row-major. A list that ends early goes on with −1 and NaN.
kindred_status kindred_model_recommend(
    const kindred_model *model, const kindred_query *query, int64_t length, const char *options, kindred_call *call,
    int32_t *items, float *scores);

/// The expected ratings of pairs of a user and an item, clamped to the scale of the training ratings.
///
/// - users, items: of `count` elements; −1 for one that is not in the training ratings.
/// - ratings: of `count` elements.
/// - deviations: the standard deviation of each, for bayes alone; NULL where they are not wanted.
kindred_status kindred_model_predict(
    const kindred_model *model, int64_t count, const int32_t *users, const int32_t *items, const char *options,
    kindred_call *call, double *ratings, double *deviations);

/// Why a model gives an item to a user: what each of the user's ratings adds to the score (als, implicit, blend, ease), the
/// largest first, or which near users rated it (knn), the weightiest first.
///
/// - user: one of the training ratings; of no account where `ratings` are given.
/// - ratings: one row: what somebody has rated, who is folded in. NULL for the training ratings of `user`.
/// - capacity: of the arrays; more reasons are left out.
/// - count: the number of all reasons.
/// - others: items that the user rated, or for knn users near to them.
/// - rated: the rating of each: the user's of that item, or that user's of `item`.
/// - shares: what each adds to the score, or for knn the similarity.
kindred_status kindred_model_explain(
    const kindred_model *model, int32_t user, int32_t item, const kindred_csr *ratings, kindred_call *call,
    int64_t capacity, int64_t *count, int32_t *others, float *rated, float *shares);

/// Writes als, implicit or bayes as `kindred train` does, into a folder that is made if it is missing.
kindred_status kindred_model_save(const kindred_model *model, const char *folder, kindred_call *call);

/// Reads a saved model.
///
/// - ratings: of the users and items that it was fitted on.
kindred_status kindred_model_load(
    const char *folder, const kindred_ratings *ratings, kindred_call *call, kindred_model **model);

// MARK: - Comparison

/// Models measured on the same held-out ratings.
typedef struct kindred_comparison kindred_comparison;

/// Compares models on random folds of the ratings, each tested on once, as `kindred compare --folds` does.
///
/// - models: kinds with commas, as `als,knn`; or one a line as `name=kind`, so that several can be of one kind. Names differ.
/// - options: `folds` (5, at least 2), `seed`, `relevant`, `products`, `threads`, and parameters by the names of models, as
///   `als.rank`, or `blend.implicit.rank` of the part of a blend.
kindred_status kindred_compare(
    const kindred_ratings *ratings, const char *models, const char *options, kindred_call *call,
    kindred_comparison **comparison);

void kindred_comparison_free(kindred_comparison *comparison);

/// The forms of a comparison.
enum {
    /// A page of its own, with charts; it loads nothing and runs no script.
    KINDRED_HTML = 0,
    /// All measurements, with options and differences.
    KINDRED_JSON = 1,
    /// A line per figure: model, fold or mean, metric, at (the cut-off), value.
    KINDRED_CSV = 2,
};

/// The comparison as text, which stays until the comparison is freed.
///
/// - form: `KINDRED_HTML`, `KINDRED_JSON` or `KINDRED_CSV`.
/// - bytes: the length without the NUL at the end; NULL where it is not wanted.
kindred_status kindred_comparison_text(
    const kindred_comparison *comparison, int32_t form, const char **text, int64_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
