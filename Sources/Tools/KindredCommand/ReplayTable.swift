import Engine
import Evaluation
import FileOutput
import Foundation
import Reports

/// The figures at the end of a replay, as a table on the terminal.
struct ReplayTable {
    private let report: ReplayReport

    init(_ report: ReplayReport) { self.report = report }

    var text: String {
        let configuration = report.configuration
        guard let last = report.replay.points.last else { return "  There are no ratings." }
        let blocks: [(String, [PrequentialError.Part])] = [
            ("All ratings", last.total.filter { $0.users == .all }),
            ("The last \(configuration.window.grouped)", last.window.filter { $0.users == .all }),
            (
                "Users with fewer than \(configuration.newUserLimit) ratings before",
                last.total.filter { $0.users == .new }
            ),
        ]
        return ([heading(last.ratings)] + blocks.map(block) + [drift]).joined(separator: "\n\n")
    }

    private func heading(_ ratings: Int) -> String {
        "Error over time on \(report.source): \(ratings.counted("rating")), each predicted before it was learned"
    }

    private func block(_ title: String, _ parts: [PrequentialError.Part]) -> String {
        let heads = ["", "RMSE", "MAE", "hit rate@\(report.configuration.listLength)", "ratings", "likes"]
        let rows = parts.map { part in
            [
                part.model, part.sums.rmse?.fixed(4) ?? "–", part.sums.mae?.fixed(4) ?? "–",
                part.sums.hitRate?.fixed(4) ?? "–", part.sums.count.grouped, part.sums.likes.grouped,
            ]
        }
        let lines = ([heads] + rows).map { cells in
            "    " + cells[0].padding(toLength: 10, withPad: " ", startingAt: 0)
                + zip(cells.dropFirst(), [9, 9, 15, 12, 12]).map { Console.aligned($0, $1) }.joined()
        }
        return (["  \(title)"] + lines).joined(separator: "\n")
    }

    private var drift: String {
        let models = report.configuration.models.map(\.rawValue)
        let counts = ["baseline"] + models.filter { $0 != "baseline" }
        let texts = counts.compactMap { model -> String? in
            let count = report.replay.drifts.count { $0.model == model }
            return count > 0 ? "\(model) \(count)" : nil
        }
        return "  Changes of the error: \(texts.isEmpty ? "none" : texts.joined(separator: ", ")). "
            + "Likes: \(likesText(report.likeThreshold))"
    }
}
