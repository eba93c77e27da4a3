/// One line of a forwarding header, hop by hop from the right. Reads no further than it is asked, and copies nothing.
struct ForwardedChain {
    private var rest: Slice<UnsafeBufferPointer<UInt8>>
    private let header: TrustedProxies.Header

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ header: TrustedProxies.Header) {
        rest = bytes[...]
        self.header = header
    }

    /// Who the next proxy saw; `.some(nil)` where it does not say so in an address, `nil` at the line's beginning. Empty places
    /// count as hops, so that a line of nothing else is soon over.
    mutating func next() -> IPAddress?? {
        guard !rest.isEmpty else { return nil }
        let comma = lastComma()
        let element = Self.trim(rest[(comma.map { $0 + 1 } ?? rest.startIndex)...])
        rest = comma.map { rest[..<$0] } ?? rest[rest.endIndex...]
        switch header {
        case .xForwardedFor: return .some(Self.address(element))
        case .forwarded: return .some(Self.value(of: "for", in: element).flatMap(Self.address))
        }
    }

    /// The last comma that is not inside quotes.
    private func lastComma() -> Int? {
        var isQuoted = false
        var index = rest.endIndex
        while index > rest.startIndex {
            index -= 1
            let byte = rest[index]
            if byte == UInt8(ascii: "\""), header == .forwarded, !isEscaped(index) { isQuoted.toggle() }
            if byte == UInt8(ascii: ","), !isQuoted { return index }
        }
        return nil
    }

    /// Whether an odd number of backslashes stands before it: then it is part of the quoted text.
    private func isEscaped(_ index: Int) -> Bool {
        let text = rest[..<index]
        return (index - (text.lastIndex { $0 != UInt8(ascii: "\\") } ?? rest.startIndex - 1)).isMultiple(of: 2)
    }

    /// The value of `for=…` among `for=…;proto=…;by=…`, without its quotes; `nil` where it is there twice, or quotes do not close.
    private static func value(
        of name: StaticString, in element: Slice<UnsafeBufferPointer<UInt8>>
    ) -> Slice<UnsafeBufferPointer<UInt8>>? {
        var found: Slice<UnsafeBufferPointer<UInt8>>?
        var start = element.startIndex
        while start < element.endIndex {
            guard let end = endOfPair(element, from: start) else { return nil }
            let pair = trim(element[start..<end])
            start = min(end + 1, element.endIndex)
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), isName(pair[..<equals], name) else { continue }
            guard found == nil else { return nil }
            found = pair[(equals + 1)...]
        }
        guard let found, found.first == UInt8(ascii: "\"") else { return found }
        return found.count >= 2 && found.last == UInt8(ascii: "\"") ? found.dropFirst().dropLast() : nil
    }

    private static func isName(_ text: Slice<UnsafeBufferPointer<UInt8>>, _ name: StaticString) -> Bool {
        text.count == name.utf8CodeUnitCount
            && zip(text, UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)).allSatisfy { $0 | 0x20 == $1 }
    }

    /// The next semicolon that is not inside quotes, or the end; `nil` where quotes do not close.
    private static func endOfPair(_ text: Slice<UnsafeBufferPointer<UInt8>>, from start: Int) -> Int? {
        var isQuoted = false
        var index = start
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "\\") where isQuoted: index += 1
            case UInt8(ascii: ";") where !isQuoted: return index
            default: break
            }
            index += 1
        }
        return isQuoted ? nil : text.endIndex
    }

    /// An address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
    private static func address(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> IPAddress? {
        guard text.count <= 64 else { return nil }
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            return isPort(text[(end + 1)...]) ? IPAddress(utf8: text[...end]) : nil
        }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), text.lastIndex(of: UInt8(ascii: ":")) == colon else {
            return IPAddress(utf8: text)
        }
        return isPort(text[colon...]) ? IPAddress(utf8: text[..<colon]) : nil
    }

    /// Nothing, or a colon and digits.
    private static func isPort(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        text.isEmpty
            || text.first == UInt8(ascii: ":") && (2...6).contains(text.count) && text.dropFirst().allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    private static func trim(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var text = text
        while let first = text.first, isBlank(first) { text = text.dropFirst() }
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return text
    }
}
