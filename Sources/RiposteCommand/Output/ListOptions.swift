import ArgumentParser

/// How much of a list is printed, and how.
struct ListOptions: ParsableArguments {
    @Option(help: "At most so many.")
    var limit = 50

    @OptionGroup private var format: OutputOptions

    var output: OutputFormat { format.output }

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
    }
}
