import Engine
import Evaluation
import Reports
import TestSupport
import Testing

struct HTMLReportTests {
    private let page: ParsedPage

    init() throws { page = try ParsedPage(ReportFixture.report.html) }

    private func sections(_ page: ParsedPage) -> [String] {
        page.elements.filter { $0.name == "section" }.compactMap { $0.attributes["id"] }
    }

    @Test func `names are escaped`() {
        #expect(page.texts("title").first == "Models compared on rätings & <more>")
        #expect(page.texts("h1") == ["Models compared on rätings & <more>"])
        #expect(page.texts("span", of: "name").contains(ReportFixture.neighbors))
        #expect(page.texts("td", of: "relevant").first?.contains("<script>alert(\"1\")</script>") == true)
        #expect(page.texts("small") == ["because of 'M*A*S*H' & more"])
        #expect(page.texts("td", of: "other") == ["a&b"])
        #expect(page.texts("p", of: "favorites") == ["Rated highest in training: Tom & Jerry · ]]>"])
        #expect(page.texts("code").prefix(3) == ["&amp;", "a<b", "4.0"])
        #expect(page.texts("code").contains("1 <0>") && page.texts("code").contains(ReportFixture.arithmetic.text))
        #expect(!page.elements.contains { $0.name == "script" })
    }

    @Test func `page loads no external resources`() {
        let text = ReportFixture.report.html
        for request in ["http:", "https:", "src=", "url(", "@import", "<link", "<script"] {
            #expect(!text.contains(request), "\(request)")
        }
        #expect(page.values("href").allSatisfy { $0.hasPrefix("#") })
    }

    @Test func `every reference has a target`() {
        let ids = page.values("id")
        #expect(Set(ids).count == ids.count)
        let references =
            page.values("href").map { String($0.dropFirst()) }
            + page.values("aria-labelledby").flatMap { $0.split(separator: " ").map(String.init) }
        #expect(!references.isEmpty && references.allSatisfy(ids.contains))
    }

    @Test func `every picture and table has a label`() {
        let pictures = page.elements.filter { $0.name == "svg" }
        #expect(pictures.contains { $0.attributes["role"] == "img" })
        #expect(
            pictures.allSatisfy {
                $0.attributes["aria-hidden"] == "true"
                    || ($0.attributes["role"] == "img" && $0.attributes["aria-labelledby"] != nil)
            })
        #expect(page.texts("desc").allSatisfy { !$0.isEmpty })
        #expect(page.texts("caption").count == page.texts("table").count)
        #expect(page.texts("caption").allSatisfy { !$0.isEmpty })
        #expect(page.elements.first { $0.name == "html" }?.attributes["lang"] == "en")
    }

    @Test func `summary names the best models and their significance`() {
        // 12 users with the same sign: p = 2/2¹² < 0.001. nDCG: second and third differ for one user of four, p = 1.
        #expect(
            page.texts("p", of: "answer") == [
                "als<b> predicts ratings best: RMSE 0.5000, significantly better than knn & \"friends\" "
                    + "(0.7500, adjusted p < 0.001). knn & \"friends\" ranks items best: nDCG@10 0.6309, though not "
                    + "significantly better than popularity (0.6309, adjusted p = 1.000)."
            ])
    }

    @Test func `best value of each column is framed`() {
        let frames = page.texts("span", of: "frame")
        #expect(frames.first == "0.5000 best*, significantly")
        // Ties are framed; a lone value is not.
        #expect(frames.filter { $0 == "0.6309 best" }.count == 2)
        #expect(frames.contains("0.25 best"))
        #expect(!frames.contains { $0.hasPrefix("500") })
        #expect(frames.count { $0.hasSuffix("significantly") } == 1)
        #expect(page.texts("td", of: "none").allSatisfy { $0 == "–" })
    }

    @Test func `sections appear in order and only with data`() throws {
        #expect(
            sections(page) == [
                "summary", "differences", "ratings", "rankings", "density", "calibration", "overlap", "training",
                "examples", "options", "glossary",
            ])
        let plain = try ParsedPage(ReportFixture.plainReport.html)
        #expect(sections(plain) == ["summary", "ratings", "density", "options", "glossary"])
        #expect(plain.texts("p", of: "answer") == ["mean predicts ratings with RMSE 1.0000."])
        #expect(plain.texts("span", of: "frame").isEmpty)
        let empty = ComparisonReport(
            comparison: Comparison(results: [], relevance: 4), examples: [], options: [:],
            arithmetic: ReportFixture.arithmetic, version: "1", source: "nothing")
        #expect(sections(try ParsedPage(empty.html)) == ["options"])
    }

    @Test func `output is deterministic`() throws {
        #expect(ReportFixture.report.html == ReportFixture.report.html)
        #expect(try ReportFixture.report.json == ReportFixture.report.json)
    }
}
