import FileOutput
import Foundation

/// What the server says of one operation.
package enum BulkVerdict: Equatable {
    case done
    /// Busy or broken: the same once more, later.
    case again(reason: String)
    /// Never.
    case dead(status: Int, type: String, reason: String)
    /// No document is at fault: the alias is not there, or who asks may not write.
    case stop(ElasticsearchError)

    /// - Parameters:
    ///   - status: of the item, not of the request.
    ///   - problem: nil where there is none.
    package init(_ action: BulkOperation.Action, status: Int, problem: ServerProblem?) {
        let (type, reason) = (problem?.type ?? "", problem?.reason ?? "status \(status)")
        switch status {
        case 200..<300: self = .done
        // What is not there is removed.
        case 404 where action == .delete && problem == nil: self = .done
        case 404 where type == "index_not_found_exception":
            self = .stop(.missing(name: problem?.index ?? "that is written to"))
        // The index has this version or a later one.
        case 409 where type == "version_conflict_engine_exception": self = .done
        case 429, 500...: self = .again(reason: "\(type): \(reason)")
        case 401, 403: self = .stop(.denied(request: "bulk", status: status, reason: "\(type): \(reason)"))
        default: self = .dead(status: status, type: type, reason: reason)
        }
    }
}

/// The answer to a bulk: HTTP 200, whatever became of the items.
struct BulkAnswer {
    /// A verdict for each operation; nil where all are done.
    let verdicts: [BulkVerdict]?

    private struct Item: Decodable {
        let status: Int
        let error: ServerProblem?
    }

    /// An item of which nothing has to be known.
    private struct Unread: Decodable {
        init(from decoder: any Decoder) {}
    }

    private struct Summary: Decodable {
        let errors: Bool
        let items: [Unread]
    }

    private struct Items: Decodable { let items: [[String: Item]] }

    /// - Returns: nil where the answer is none to these operations: cut off, or a proxy's.
    init?(_ body: Data, to operations: ArraySlice<BulkOperation>) {
        guard let summary = try? ForeignJSON.decode(Summary.self, from: body), summary.items.count == operations.count
        else { return nil }
        guard summary.errors else {
            verdicts = nil
            return
        }
        guard let items = try? ForeignJSON.decode(Items.self, from: body).items else { return nil }
        var verdicts: [BulkVerdict] = []
        for (operation, item) in zip(operations, items) {
            guard let item = item[operation.action.rawValue] else { return nil }
            verdicts.append(BulkVerdict(operation.action, status: item.status, problem: item.error))
        }
        self.verdicts = verdicts
    }
}
