import Ratings
import Testing

struct AgeBandTests {
    @Test func `ages and codes of MovieLens 1M are in their groups`() {
        for (years, name) in [
            (1, "under 18"), (17, "under 18"), (18, "18–24"), (24, "18–24"), (25, "25–34"), (45, "45–49"),
            (50, "50–55"),
            (55, "50–55"), (56, "56 and over"), (99, "56 and over"),
        ] {
            #expect(AgeBand.name(ofYears: years) == name)
            #expect(AgeBand.name(of: "\(years)") == name)
        }
        #expect(AgeBand.name(of: "35–44") == "35–44")
        #expect(AgeBand.name(of: "thirty") == nil)
    }
}
