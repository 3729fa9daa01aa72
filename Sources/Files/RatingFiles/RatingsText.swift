/// A text of ratings: in memory, or block by block.
enum RatingsText {
    case mapped(FileBytes)
    /// The encoding is that from which the text was converted.
    case stream(ByteStream, encoding: String?)
}
