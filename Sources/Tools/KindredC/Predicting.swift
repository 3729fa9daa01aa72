public import CKindred
import Kindred

@c @implementation
public func kindred_model_predict(
    _ model: OpaquePointer?, _ count: Int64, _ users: UnsafePointer<Int32>?, _ items: UnsafePointer<Int32>?,
    _ options: UnsafePointer<CChar>?, _ call: OpaquePointer?, _ ratings: UnsafeMutablePointer<Double>?,
    _ deviations: UnsafeMutablePointer<Double>?
) -> kindred_status {
    answer(call) { call in
        let held = try HeldModel.of(model)
        guard let predictor = held.model.predictor else {
            throw Failure.value("\(held.kind.rawValue) ranks items and predicts no ratings; use another model")
        }
        var options = try unsafe OptionLines(options)
        let threads = try options.threads()
        try options.requireNoOther()
        let users = try unsafe numbers(users, count, from: -1, below: held.ratings.users.count, "user").map(known)
        let items = try unsafe numbers(items, count, from: -1, below: held.ratings.items.count, "item").map(known)
        let runs = runs(of: users)
        let predicted = try answers(runs.count, threads: threads, call) { run in
            predictor.predictions(user: users[runs[run].lowerBound], items: items[runs[run]], times: nil)
        }
        unsafe copy(Array(predicted.joined()), to: ratings)
        guard unsafe deviations != nil else { return }
        guard let uncertain = predictor as? any UncertainPredictor else {
            throw Failure.value("\(held.kind.rawValue) does not know its uncertainty; bayes does")
        }
        let found = try answers(runs.count, threads: threads, call) { run in
            runs[run].map { uncertain.distribution(user: users[$0], item: items[$0], time: nil).standardDeviation }
        }
        unsafe copy(Array(found.joined()), to: deviations)
    }
}

/// The number of somebody or something that the training ratings have, nil for −1.
private func known(_ number: Int32) -> Int? { number < 0 ? nil : Int(number) }

/// Places with the same user behind each other, for models that answer them together.
private func runs(of users: [Int?]) -> [Range<Int>] {
    let starts = users.indices.filter { $0 == 0 || users[$0] != users[$0 - 1] }
    return zip(starts, starts.dropFirst() + [users.count]).map { $0..<$1 }
}
