/// The age groups of MovieLens 1M, which say less of a person than their age.
public enum AgeBand {
    /// From the youngest.
    public static let names = ["under 18", "18–24", "25–34", "35–44", "45–49", "50–55", "56 and over"]

    /// The group of an age in years, or of the code of MovieLens 1M, which is the least age of its group: 24 is in `18–24`.
    public static func name(ofYears years: Int) -> String {
        names[[18, 25, 35, 45, 50, 56].count { $0 <= years }]
    }

    /// The group that a text tells: an age, or a group as this has it; nil for anything else.
    public static func name(of text: String) -> String? {
        Int(text).map(name(ofYears:)) ?? names.first { $0 == text }
    }
}
