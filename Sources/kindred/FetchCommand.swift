import ArgumentParser

struct FetchCommand: AsyncParsableCommand {}
