import LinearAlgebra

/// Titles and genres for synthetic films: each planted community has a genre of its own.
public struct SyntheticCatalog: Sendable {
    private let communities: [Int]
    private let seed: UInt64

    public init(itemCommunities: [Int], seed: UInt64) {
        communities = itemCommunities
        self.seed = seed
    }

    /// The title, with a year, and one or two genres of an item.
    public func film(_ item: Int) -> (title: String, genres: [String]) {
        var generator = SeededGenerator(seed: seed &+ UInt64(item))
        let theme = Self.themes[communities[item] % Self.themes.count]
        let round = item / (Self.adjectives.count * theme.nouns.count)
        let noun = theme.nouns[item % theme.nouns.count]
        let adjective = Self.adjectives[(item / theme.nouns.count) % Self.adjectives.count]
        let part = round == 0 ? "" : " \(round + 1)"
        let year = 1950 + generator.next(below: 70)
        let other = Self.themes[generator.next(below: Self.themes.count)].genre
        let isMixed = generator.uniform() < 0.25 && other != theme.genre
        return (
            "The \(adjective) \(noun)\(part) (\(year))", [theme.genre] + (isMixed ? [other] : [])
        )
    }

    private static let themes: [(genre: String, nouns: [String])] = [
        ("Western", ["Canyon", "Rider", "Saloon", "Mustang", "Marshal", "Frontier", "Stagecoach", "Prairie"]),
        ("Sci-Fi", ["Orbit", "Android", "Signal", "Colony", "Nebula", "Airlock", "Paradox", "Starship"]),
        ("Film-Noir", ["Alibi", "Detective", "Alley", "Witness", "Cigarette", "Informer", "Nightclub", "Ransom"]),
        ("Romance", ["Letter", "Garden", "Wedding", "Promise", "Waltz", "Summer", "Orchid", "Reunion"]),
        ("Horror", ["Cellar", "Scarecrow", "Asylum", "Curse", "Coffin", "Séance", "Hollow", "Moth"]),
        ("Comedy", ["Neighbor", "Landlord", "Parrot", "Mix-Up", "Bakery", "Uncle", "Vacation", "Talent Show"]),
        ("War", ["Battalion", "Trench", "Bridge", "Convoy", "Armistice", "Sniper", "Outpost", "Medic"]),
        ("Fantasy", ["Dragon", "Wizard", "Amulet", "Tower", "Goblin", "Prophecy", "Griffin", "Enchantress"]),
    ]

    private static let adjectives = [
        "Silent", "Crimson", "Forgotten", "Golden", "Restless", "Last", "Hidden", "Broken", "Velvet", "Distant",
        "Burning", "Frozen", "Honest", "Paper", "Midnight", "Wandering", "Lonely", "Iron", "Borrowed", "Second",
        "Hollow", "Emerald", "Reluctant", "Vanishing", "Invisible", "Northern", "Electric", "Gentle", "Crooked",
        "Seventh", "Unlikely", "Patient",
    ]
}
