import Foundation
import Testing

/// The repository's root, from where this file lies in it.
private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

@Suite struct `the guides of the documentation` {
    private static let catalogues = ["Sources/Riposte/Riposte.docc", "Sources/RiposteHummingbird/RiposteHummingbird.docc"]

    /// Each passage of a guide that is Swift, as lines without their indentation. `…` on a line of its own stands for what the guide leaves out.
    private func snippets() throws -> [(guide: String, lines: [String])] {
        try Self.catalogues.flatMap { try files(in: $0, "md") }.flatMap { file in
            var found: [(guide: String, lines: [String])] = []
            var isInside = false
            for line in try lines(of: file) {
                if isInside, line == "```" {
                    isInside = false
                } else if isInside {
                    found[found.count - 1].lines.append(line)
                } else if line == "```swift" {
                    isInside = true
                    found.append((file.lastPathComponent, []))
                }
            }
            return found
        }
    }

    @Test func `show no Swift but what is compiled and run, in the examples and in the tests`() throws {
        let sources = try (files(in: "Examples", "swift") + files(in: "Tests", "swift")).map(lines(of:))
        let snippets = try snippets()
        #expect(snippets.count >= 10)
        for snippet in snippets {
            let isThere = sources.contains { Self.holds($0[...], snippet.lines.split(separator: "…")) }
            #expect(isThere, "\(snippet.guide) shows code that no example and no test has:\n\(snippet.lines.joined(separator: "\n"))")
        }
    }

    /// Whether `lines` holds the passages one after the other.
    private static func holds(_ lines: ArraySlice<String>, _ passages: [ArraySlice<String>]) -> Bool {
        var rest = lines
        for passage in passages {
            guard let start = rest.indices.first(where: { rest[$0...].starts(with: passage) }) else { return false }
            rest = rest[(start + passage.count)...]
        }
        return true
    }

    private func lines(of file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    private func files(in folder: String, _ ending: String) throws -> [URL] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
        return names.filter { $0.hasSuffix(".\(ending)") && !$0.contains(".build/") }.sorted().map {
            root.appending(path: "\(folder)/\($0)")
        }
    }
}
