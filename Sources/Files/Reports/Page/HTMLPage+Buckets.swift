import Evaluation
import FileOutput

extension HTMLPage {
    var ratingBucketSection: Section? {
        let charts = [
            bucketChart(
                id: "rmse-activity", heading: "By the user's activity", yTitle: "RMSE",
                xTitle: "training ratings of the user", isRootMean: true,
                groups: { $0.ratings?.buckets.byActivity ?? [] }),
            bucketChart(
                id: "rmse-popularity", heading: "By the item's popularity", yTitle: "RMSE",
                xTitle: "training ratings of the item", isRootMean: true,
                groups: { $0.ratings?.buckets.byPopularity ?? [] }),
        ].compactMap { $0 }
        guard !charts.isEmpty else { return nil }
        return Section(
            id: "ratings", title: "Where ratings are predicted well",
            body: """
                <p>RMSE of the test ratings of all folds, by how much training knows of their user and of their item: lower \
                is better. Under each range stands the number of its test ratings.</p>
                \(ModelMark.legend(marks.filter { mark in report.results(of: mark.model).contains { $0.ratings != nil } }))\
                <div class="pair">
                \(charts)</div>

                """)
    }

    var rankingSection: Section? {
        let charts = [
            cutoffChart,
            bucketChart(
                id: "ndcg-activity", heading: "By the user's activity", yTitle: "nDCG@\(ComparisonReport.cutoff)",
                xTitle: "training ratings of the user", isRootMean: false, groups: { $0.rankings?.ndcgByActivity ?? [] }
            ),
        ].compactMap { $0 }
        guard !charts.isEmpty else { return nil }
        let rankers = marks.filter { mark in report.results(of: mark.model).contains { $0.rankings != nil } }
        return Section(
            id: "rankings", title: "Where items are ranked well",
            body: """
                <p>nDCG is 1 where all that a user likes in the test stands at the top of the list, and 0 where nothing of \
                it is in the list: higher is better. By activity, under each range stands the number of its users.</p>
                \(ModelMark.legend(rankers))\
                <div class="pair">
                \(charts)</div>

                """)
    }

    private func bucketChart(
        id: String, heading: Markup, yTitle: String, xTitle: String, isRootMean: Bool,
        groups: (ModelResult) -> [RatingBuckets.Group]
    ) -> Markup? {
        let byModel = marks.map { mark in
            let groups = comparison.buckets(mark.model, groups, isRootMean: isRootMean).filter(\.value.isFinite)
            return (mark: mark, groups: groups)
        }.filter { !$0.groups.isEmpty }
        let buckets = CountBucket.all.filter { bucket in
            byModel.contains { $0.groups.contains { $0.bucket == bucket } }
        }
        guard !buckets.isEmpty else { return nil }
        let series = byModel.map { model in
            LineChart.Series(
                mark: model.mark,
                points: model.groups.compactMap { group in
                    buckets.firstIndex(of: group.bucket).map { place in
                        let label = "\(group.bucket.range): \(group.value.fixed(4))"
                        return LineChart.Point(x: Double(place), y: group.value, label: label)
                    }
                })
        }
        let ticks = buckets.enumerated().map { place, bucket in
            // All models are tested on the same ratings, so any model's counts will do.
            let count = byModel.lazy.compactMap { $0.groups.first { $0.bucket == bucket }?.count }.first ?? 0
            return Scale.Tick(value: Double(place), label: bucket.range, note: count.grouped)
        }
        let x = Scale.categories(buckets.count, start: LineChart.left, end: LineChart.right)
        let chart = LineChart(
            id: id, title: "\(yTitle) by \(xTitle)", xTitle: xTitle, yTitle: yTitle, x: x, xTicks: ticks,
            y: LineChart.vertical(series), series: series)
        return HTMLPage.figure(heading, chart.svg)
    }

    private var cutoffChart: Markup? {
        let byModel = marks.map { mark in
            let values = comparison.means(mark.model).filter { $0.metric == .ndcg && $0.value.isFinite }
                .compactMap { figure in figure.cutoff.map { (cutoff: $0, value: figure.value) } }
            return (mark: mark, values: values)
        }.filter { !$0.values.isEmpty }
        let cutoffs = Set(byModel.flatMap { $0.values.map(\.cutoff) }).sorted()
        guard !cutoffs.isEmpty else { return nil }
        let series = byModel.map { model in
            LineChart.Series(
                mark: model.mark,
                points: model.values.compactMap { cutoff, value in
                    cutoffs.firstIndex(of: cutoff).map {
                        LineChart.Point(x: Double($0), y: value, label: "k = \(cutoff): \(value.fixed(4))")
                    }
                })
        }
        let chart = LineChart(
            id: "ndcg-cutoff", title: "nDCG@k by k", xTitle: "k, places of the list", yTitle: "nDCG@k",
            x: .categories(cutoffs.count, start: LineChart.left, end: LineChart.right),
            xTicks: cutoffs.enumerated().map { Scale.Tick(value: Double($0.offset), label: "\($0.element)") },
            y: LineChart.vertical(series, withZero: true), series: series)
        return HTMLPage.figure("By the length of the list", chart.svg)
    }
}

extension CountBucket {
    /// The bucket with an en dash.
    fileprivate var range: String { description.replacing("-", with: "–") }
}
