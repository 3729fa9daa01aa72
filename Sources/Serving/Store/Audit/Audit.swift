extension Store {
    /// Writes down who did what to whose data.
    public func audit(
        _ action: String, by actor: String, about user: String? = nil, detail: String = ""
    ) throws(StoreError) {}
}
