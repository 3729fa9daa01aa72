public import CKindred
import Kindred
import Synchronization

/// A comparison by handle: `kindred_comparison`.
final class HeldComparison: Sendable {
    private let report: ComparisonReport
    private let texts = Mutex<[Int32: CText]>([:])

    init(_ report: ComparisonReport) { self.report = report }

    /// The comparison in a form, made once.
    func text(_ form: Int32) throws -> CText {
        try texts.withLock { texts in
            if let text = texts[form] { return text }
            let text = CText(try written(form))
            texts[form] = text
            return text
        }
    }

    private func written(_ form: Int32) throws -> String {
        switch form {
        case Int32(KINDRED_HTML): return report.html
        case Int32(KINDRED_JSON): return try report.json
        case Int32(KINDRED_CSV): return report.metrics
        default: throw Failure.value("form is \(form); it has to be 0 for HTML, 1 for JSON or 2 for CSV")
        }
    }
}

@c @implementation
public func kindred_compare(
    _ ratings: OpaquePointer?, _ models: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>?,
    _ call: OpaquePointer?, _ comparison: UnsafeMutablePointer<OpaquePointer?>?
) -> kindred_status {
    answer(call) { call in
        let result = try unsafe place(comparison, "comparison")
        let dataset = try HeldRatings.of(ratings).dataset
        let named = try unsafe namedModels(models)
        var options = try unsafe ModelOptions(options)
        let folds = try options.count("folds", default: 5, in: 2...1_000)
        let seed = try options.seed()
        let (models, shared) = try options.configurations(for: named, seed: seed)
        let report = try dataset.compare(models, folds: folds, configuration: shared) { share, _ in
            call.report(share)
        }
        unsafe result.pointee = Handles.insert(HeldComparison(report))
    }
}

@c @implementation
public func kindred_comparison_free(_ comparison: OpaquePointer?) {
    Handles.remove(comparison, HeldComparison.self)
}

@c @implementation
public func kindred_comparison_text(
    _ comparison: OpaquePointer?, _ form: Int32, _ text: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ bytes: UnsafeMutablePointer<Int64>?
) -> kindred_status {
    answer {
        let held: HeldComparison = try Handles.object(comparison, noun: "comparison")
        let made = try held.text(form)
        unsafe try place(text, "text").pointee = made.pointer
        unsafe bytes?.pointee = Int64(made.count)
    }
}
