import FileOutput

extension ComparisonReport {
    /// `report.html`: one self-contained page. It loads nothing, runs no scripts, and is well-formed XML.
    public var html: String { HTMLPage(self).markup.text }
}
