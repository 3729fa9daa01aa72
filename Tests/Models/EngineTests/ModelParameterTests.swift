import Engine
import Factorization
import Testing

/// The tables of parameters: every name reads and writes its own field, and what is wrong is named.
struct ModelParameterTests {
    /// Values other than the defaults, by kind of value.
    private func other(than value: String, _ parameter: ModelParameter) -> String {
        switch parameter.values {
        case "a whole number", "a whole number, 0 or more": "\((Int(value) ?? 0) + 3)"
        case "a number", "a number, or none": "\((Double(value) ?? 0) + 0.125)"
        case "true or false": value == "true" ? "false" : "true"
        default: parameter.values.dropFirst(7).split(separator: ", ").map(String.init).first { $0 != value } ?? value
        }
    }

    @Test(arguments: ModelKind.allCases)
    func `every parameter has a field of its own`(_ model: ModelKind) throws {
        #expect(Set(model.parameters.map(\.name)).count == model.parameters.count)
        let usual = ModelConfiguration().settings(of: model)
        for (place, parameter) in model.parameters.enumerated() {
            var configuration = ModelConfiguration()
            let changed = ModelSetting(model, parameter.name, other(than: usual[place].value, parameter))
            #expect(changed.value != usual[place].value)
            try configuration.set(changed)
            var expected = usual
            expected[place] = changed
            #expect(configuration.settings(of: model) == expected)
            for kind in ModelKind.allCases where kind != model {
                #expect(configuration.settings(of: kind) == ModelConfiguration().settings(of: kind))
            }
        }
    }

    @Test(arguments: ModelKind.withParameters)
    func `listed settings parse back`(_ model: ModelKind) throws {
        let configuration = ModelConfiguration()
        #expect(
            try ModelSetting.parse(configuration.list(of: model), of: model) == configuration.settings(of: model))
        try model.validate(configuration)
    }

    /// What tuning draws is in range, from one end to the other.
    @Test(arguments: ModelKind.withParameters)
    func `every value of a search is valid`(_ model: ModelKind) throws {
        for parameter in model.parameters {
            guard let search = parameter.search else { continue }
            for share in [0, 0.3, 0.999_999] {
                var configuration = ModelConfiguration()
                try configuration.set(ModelSetting(model, parameter.name, search.value(at: share)))
                try model.validate(configuration)
            }
        }
    }

    @Test func `a model's seed does not seed the splits`() throws {
        var configuration = ModelConfiguration()
        configuration.seed = 7
        try configuration.set(ModelSetting(.als, "seed", "9"))
        #expect(configuration.seed == 7 && configuration.als.seed == 9 && configuration.bayes.seed == 7)
    }

    @Test func `wrong settings are named`() {
        func message(_ setting: ModelSetting) -> String {
            var configuration = ModelConfiguration()
            do {
                try configuration.set(setting)
                try setting.model.validate(configuration)
                return ""
            } catch { return "\(error)" }
        }
        #expect(
            message(ModelSetting(.ease, "rank", "3"))
                == "ease has no parameter \"rank\"; it has regularization, least, most, features")
        #expect(message(ModelSetting(.als, "rank", "many")) == "rank is many; it has to be a whole number")
        #expect(message(ModelSetting(.als, "rank", "0")) == "rank is 0; it has to be 1 to 512")
        #expect(message(ModelSetting(.als, "nonnegative", "1")) == "nonnegative is 1; it has to be true or false")
        #expect(
            message(ModelSetting(.knn, "negative", "")) == "negative is empty; it has to be one of ignore, oppose")
        #expect(
            message(ModelSetting(.knn, "amplification", "0")) == "amplification is 0.0; it has to be 0.001 to 1,000")
        #expect(
            message(ModelSetting(.baseline, "user-regularization", "-1"))
                == "user-regularization is -1.0; it has to be 0 to 1,000,000,000")
        #expect(throws: ModelSettingError.form(model: .als, text: "rank")) { try ModelSetting.parse("rank", of: .als) }
        #expect(throws: ModelSettingError.form(model: .als, text: "")) { try ModelSetting.parse("rank=3,", of: .als) }
    }
}
