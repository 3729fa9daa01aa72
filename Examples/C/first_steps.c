/// The users nearest to each of four, and items for one of them, from C.
///
///     cc first_steps.c -I …/Sources/Tools/CKindred/include -L FOLDER -l KindredC -o first_steps
#include "kindred.h"

#include <stdio.h>
#include <stdlib.h>

/// Ends the program with the message of a call that failed.
static void check(kindred_status status, kindred_call *call) {
    if (status == KINDRED_DONE) return;
    fprintf(stderr, "%s\n", kindred_call_error(call));
    exit(1);
}

int main(void) {
    // Four users and five items: rows 0 and 1 like the same, and so do rows 2 and 3.
    const int32_t offsets[] = {0, 3, 6, 8, 11};
    const int32_t items[] = {0, 1, 4, 0, 1, 2, 3, 4, 2, 3, 4};
    const float stars[] = {5, 4, 1, 5, 4, 2, 5, 4, 1, 5, 5};
    const kindred_csr matrix = {
        .rows = 4, .columns = 5, .entries = 11, .offsets = offsets, .indices = items, .values = stars,
        .offset_bytes = 4, .index_bytes = 4, .value_bytes = 4,
    };

    kindred_call *call = kindred_call_make();
    kindred_ratings *ratings = NULL;
    check(kindred_ratings_make(&matrix, NULL, NULL, NULL, call, &ratings), call);

    kindred_graph *graph = NULL;
    check(kindred_graph_make(ratings, "neighbors=1\nmeasure=cosine", call, &graph), call);
    int64_t users = 0, count = 0;
    check(kindred_graph_size(graph, &users, &count), NULL);
    int64_t *first = malloc((size_t)(users + 1) * sizeof *first);
    int32_t *near = malloc((size_t)count * sizeof *near);
    float *similarities = malloc((size_t)count * sizeof *similarities);
    if (!first || !near || !similarities) return 1;
    check(kindred_graph_neighbors(graph, first, near, similarities, NULL), NULL);
    for (int64_t user = 0; user < users; user++)
        for (int64_t place = first[user]; place < first[user + 1]; place++)
            printf("user %d is near to %d: %.3f\n", (int)user, near[place], similarities[place]);

    kindred_model *model = NULL;
    check(kindred_model_fit("ease", ratings, "regularization=1", call, &model), call);
    const int32_t user = 0;
    const kindred_query query = {.count = 1, .users = &user, .exclude_rated = 1};
    int32_t list[2];
    float scores[2];
    check(kindred_model_recommend(model, &query, 2, NULL, call, list, scores), call);
    printf("user 0 would like item %d most\n", list[0]);

    free(first);
    free(near);
    free(similarities);
    kindred_model_free(model);
    kindred_graph_free(graph);
    kindred_ratings_free(ratings);
    kindred_call_free(call);
    return 0;
}
