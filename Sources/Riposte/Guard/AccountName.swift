/// An account's name as directories compare it that are not strict about it: capitals, wide letters, blanks around it and
/// characters that nobody sees make no difference. For what must be left alone; who is acted on is named exactly.
struct AccountName: Sendable, Hashable {
    private let folded: String

    init(_ name: String) {
        var scalars = String.UnicodeScalarView()
        for scalar in name.unicodeScalars where !Self.isInvisible(scalar) { scalars.append(Self.narrow(scalar)) }
        let words = String(scalars).lowercased().split { $0.isWhitespace }
        folded = words.joined(separator: " ")
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.generalCategory == .format
            || scalar.properties.generalCategory == .control && !scalar.properties.isWhitespace
    }

    /// The ASCII character that a wide one stands for.
    private static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard (0xFF01...0xFF5E).contains(scalar.value) else { return scalar }
        return Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
    }
}
