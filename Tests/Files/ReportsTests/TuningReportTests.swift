import FileOutput
import Reports
import TestSupport
import Testing

struct TuningReportTests {
    private let report = TuningReport(
        source: "a <source>", version: "1.2.3", options: ["seed": "1", "trials": "3"],
        searches: [
            .init(
                model: "als", metric: "rmse", isLowerBetter: true,
                parameters: [.init(name: "rank", isLogarithmic: true), .init(name: "kind", isLogarithmic: false)],
                trials: [
                    .init(number: 1, splits: 2, score: 0.9, first: 0.91, values: ["20", "a"]),
                    .init(number: 2, splits: 1, score: .infinity, first: .infinity, values: ["5", "b"]),
                    .init(number: 3, splits: 2, score: 0.85, first: 0.86, values: ["64", "b"]),
                ], winner: 3),
            .init(
                model: "ease", metric: "ndcg@10", isLowerBetter: false,
                parameters: [.init(name: "regularization", isLogarithmic: true)],
                trials: [.init(number: 1, splits: 1, score: 0.4, first: 0.4, values: ["400.0"])], winner: 1),
        ])

    @Test func `trials are written as CSV`() throws {
        let scratch = try Scratch()
        let folder = try OutputFolder(scratch.path("out"))
        try folder.write("trials.csv", report.writeTrials)
        try folder.commit()
        #expect(
            String(decoding: try scratch.read("out/trials.csv"), as: UTF8.self) == """
                model,trial,splits,metric,score,first_split,chosen,rank,kind,regularization
                als,1,2,rmse,0.9,0.91,false,20,a,
                als,2,1,rmse,inf,inf,false,5,b,
                als,3,2,rmse,0.85,0.86,true,64,b,
                ease,1,1,ndcg@10,0.4,0.4,true,,,400.0

                """)
    }

    @Test func `tuning page is well-formed and names the winner`() throws {
        let page = report.html
        let parsed = try ParsedPage(page)
        #expect(parsed.elements.count { $0.name == "svg" && $0.attributes["role"] == "img" } == 2)
        let ids = parsed.values("id")
        #expect(Set(ids).count == ids.count)
        #expect(page.contains("Trial 3 of 3 wins with rmse 0.8500; the defaults have 0.9000 on the same 2 splits."))
        #expect(page.contains("The defaults stay: ndcg@10 0.4000 on 1 split"))
        #expect(page.contains("a &lt;source&gt;") && !page.contains("<script"))
        #expect(page == report.html)
    }
}
