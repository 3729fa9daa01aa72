public import CKindred
import Kindred

extension FittedModel {
    /// Factors per user and item of each restart; 0 for a model without factors.
    var vectorRank: Int {
        switch self {
        case .als(let model): model.parts[0].users.rank
        case .implicit(let model): model.users.columns
        default: 0
        }
    }

    /// How many sets of factors there are.
    var restarts: Int {
        switch self {
        case .als(let model): model.parts.count
        case .implicit: 1
        default: 0
        }
    }

    /// The factors of both sides.
    ///
    /// - Throws: `Failure` for a restart out of range, or a model without factors.
    fileprivate func vectors(restart: Int64) throws(Failure) -> (users: Factors, items: Factors) {
        guard restarts > 0 else { throw .value("the model has no factors; als and implicit have") }
        guard (0..<Int64(restarts)).contains(restart) else {
            throw .value("restart is \(restart); it has to be \((0...restarts - 1).words)")
        }
        switch self {
        case .als(let model): return (model.parts[Int(restart)].users, model.parts[Int(restart)].items)
        case .implicit(let model): return (Factors(unbiased: model.users), Factors(unbiased: model.items))
        default: throw .value("the model has no factors")
        }
    }

    /// The factors of a user by their ratings.
    fileprivate func folded(_ ratings: UserRatings, restart: Int64) throws -> Factors {
        switch self {
        case .als(let model): return try model.factors(foldingIn: ratings)[Int(restart)]
        case .implicit(let model):
            let factors = try model.factors(foldingIn: ratings)
            return Factors(unbiased: DenseMatrix(rows: 1, columns: factors.count, elements: factors))
        default: throw Failure.value("the model has no factors")
        }
    }
}

extension Factors {
    /// Factors of a model without biases.
    fileprivate init(unbiased vectors: DenseMatrix<Float>) {
        self.init(vectors: vectors, biases: Array(repeating: 0, count: vectors.rows))
    }

    fileprivate func copy(_ factors: UnsafeMutablePointer<Float>?, _ biases: UnsafeMutablePointer<Float>?) {
        unsafe KindredC.copy(vectors.storage.prefix(rows * rank), to: factors)
        unsafe KindredC.copy(self.biases, to: biases)
    }
}

@c @implementation
public func kindred_model_vectors(
    _ model: OpaquePointer?, _ side: Int32, _ restart: Int64, _ factors: UnsafeMutablePointer<Float>?,
    _ biases: UnsafeMutablePointer<Float>?
) -> kindred_status {
    answer {
        let vectors = try HeldModel.of(model).model.vectors(restart: restart)
        switch side {
        case Int32(KINDRED_USERS): unsafe vectors.users.copy(factors, biases)
        case Int32(KINDRED_ITEMS): unsafe vectors.items.copy(factors, biases)
        default: throw Failure.value("side is \(side); it has to be 0 for users or 1 for items")
        }
    }
}

@c @implementation
public func kindred_model_fold(
    _ model: OpaquePointer?, _ ratings: UnsafePointer<kindred_csr>?, _ restart: Int64, _ options: UnsafePointer<CChar>?,
    _ call: OpaquePointer?, _ factors: UnsafeMutablePointer<Float>?, _ biases: UnsafeMutablePointer<Float>?
) -> kindred_status {
    answer(call) { call in
        let held = try HeldModel.of(model)
        let rank = try held.model.vectors(restart: restart).users.rank
        var options = try unsafe OptionLines(options)
        let threads = try options.threads()
        try options.requireNoOther()
        let rows = try unsafe GuestRows(ratings, of: held, threads: threads)
        let found = try rows.map(call) { try held.model.folded($0, restart: restart) }
        for (row, own) in found.enumerated() {
            unsafe own.copy(factors.map { unsafe $0 + row * rank }, biases.map { unsafe $0 + row })
        }
    }
}
