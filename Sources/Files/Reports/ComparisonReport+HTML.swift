extension ComparisonReport {
    /// `report.html`: one page that needs nothing but itself. It loads nothing, runs no script, and is well-formed XML.
    public var html: String { HTMLPage(self).markup.text }
}
