/// What settings and playbooks may both say about a request, read in one place.
package enum WebhookWords {
    /// Whether what stands under this header's name is a secret by custom, and belongs into no file that is shared.
    package static func isSecretHeader(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["authorization", "cookie", "token", "secret", "password", "api-key", "apikey"].contains { name.contains($0) }
    }

    /// Reads `200`, `2xx` or `200-299`; `nil` for anything else.
    package static func statuses(_ json: JSONValue) -> ClosedRange<Int>? {
        if let status = json.int.flatMap(Int.init(exactly:)) { return (100...599).contains(status) ? status...status : nil }
        guard let text = json.string else { return nil }
        if text.utf8.count == 3, text.hasSuffix("xx"), let hundred = Int(text.prefix(1)), (1...5).contains(hundred) {
            return hundred * 100...hundred * 100 + 99
        }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count == 2, let low = ends[0], let high = ends[1], low <= high, low >= 100, high <= 599 else { return nil }
        return low...high
    }
}
