extension Store {
    public func audit(
        _ action: String, by actor: String, about user: String? = nil, detail: String = ""
    ) throws(StoreError) {}
}
