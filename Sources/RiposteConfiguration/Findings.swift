package import Riposte

extension [Finding] {
    /// By file, line and column; those without a place first, equals in the order they were found.
    package var inOrder: [Finding] {
        enumerated().sorted { Self.key($0) < Self.key($1) }.map(\.element)
    }

    package var holdsErrors: Bool { contains { $0.level == .error } }

    private static func key(_ entry: (offset: Int, element: Finding)) -> (String, Int, Int, Int) {
        let place = entry.element.location
        return (place?.file ?? "", place?.line ?? 0, place?.column ?? 0, entry.offset)
    }
}
