public import CKindred
import Kindred

@c @implementation
public func kindred_model_save(
    _ model: OpaquePointer?, _ folder: UnsafePointer<CChar>?, _ call: OpaquePointer?
) -> kindred_status {
    answer(call) { _ in
        let held = try HeldModel.of(model)
        let folder = try unsafe path(folder)
        guard let stored = held.model.stored else {
            throw Failure.value("\(held.kind.rawValue) cannot be saved; als, implicit and bayes can")
        }
        let output = try OutputFolder(folder, isPrivate: true)
        defer { output.discard() }
        try ModelArchive.write(
            stored, fittedOn: held.ratings, loss: held.losses.last, version: Version.kindred, to: output)
        try requireGoingOn()
        try output.commit()
    }
}

@c @implementation
public func kindred_model_load(
    _ folder: UnsafePointer<CChar>?, _ ratings: OpaquePointer?, _ call: OpaquePointer?,
    _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> kindred_status {
    answer(call) { _ in
        let result = try unsafe place(model, "model")
        let dataset = try HeldRatings.of(ratings).dataset
        let stored = try ModelArchive.read(try unsafe path(folder), for: dataset.ratings)
        unsafe result.pointee = Handles.insert(
            HeldModel(stored.kind, FittedModel(stored), of: dataset, losses: [], relevance: stored.relevance))
    }
}
