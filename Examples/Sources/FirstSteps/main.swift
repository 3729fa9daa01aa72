import Kindred

let data = try Dataset(contentsOf: "ml-100k")
let graph = try data.similarityGraph(neighbors: 10)
print(graph.communityCount, graph.modularity)
let als = try data.fit(.als)
for r in try als.recommend(for: "1", count: 10) { print(r.title, r.predictedRating) }
try graph.export(to: "out", formats: [.graphML, .csv])
let report = try data.compare([.als, .knn], folds: 5)
