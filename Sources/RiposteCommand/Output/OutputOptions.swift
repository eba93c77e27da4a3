import ArgumentParser

/// How data is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case table
    /// One JSON object a line, for programs.
    case ndjson
}

struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "How data is printed: table for people, ndjson (one JSON object a line) for programs.")
    var output: OutputFormat = .table
}
