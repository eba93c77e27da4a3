internal import Riposte

/// What `nft list table` says of our table. It is read as text: nft 1.0.6 writes freed memory where it should write the
/// flags of a table as JSON, and leaves its comment out.
struct FirewallListing: Sendable, Hashable {
    var comment: String?
    var isDormant = false
    /// The rules of our chain, as they are listed; `nil` where there is no such chain.
    var rules: [String]?
    /// What the chain is hooked to.
    var hook: String?
    /// What each set's declaration says, by name.
    var sets: [String: [String]] = [:]
    var bans: [AddressRange: FirewallBan] = [:]
    /// How long the kernel took to list it: times left may have been counted from so much earlier.
    var took: Duration = .zero
    /// Lines that nothing of ours looks like.
    var strange: [String] = []

    private enum Place: Equatable {
        case table
        case set(FirewallSet?, name: String)
        case chain(isOurs: Bool)
    }

    /// - Parameter now: when it was listed; times left are counted from then.
    init(_ text: String, now: Timestamp) {
        var place = Place.table
        var isInElements = false
        for line in text[...].pieces(between: "\n").dropFirst() {
            let line = line.drop { $0 == " " || $0 == "\t" }
            let begins = "elements = {"
            guard isInElements || line.hasPrefix(begins) else {
                read(line, &place)
                continue
            }
            // A line ends where an element does.
            let list = isInElements ? line : line.dropFirst(begins.count)
            isInElements = !list.hasSuffix("}")
            if case .set(let set, _) = place { readElements(isInElements ? list : list.dropLast(), of: set, now) }
        }
    }

    private mutating func read(_ line: Substring, _ place: inout Place) {
        if line == "}" {
            place = .table
            return
        }
        switch place {
        case .table: readMember(line, &place)
        case .set(_, let name): sets[name, default: []].append(String(line))
        case .chain(isOurs: true):
            if line.hasPrefix("type ") { hook = String(line) } else { rules?.append(String(line)) }
        case .chain(isOurs: false): break
        }
    }

    private mutating func readMember(_ line: Substring, _ place: inout Place) {
        let words = line.split(separator: " ")
        if words.count == 3, words[2] == "{", words[0] == "set" {
            let name = String(words[1])
            sets[name] = []
            place = .set(FirewallSet(name: name), name: name)
        } else if words.count == 3, words[2] == "{", words[0] == "chain" {
            let isOurs = words[1] == FirewallTable.chain
            if isOurs { rules = [] } else { strange.append(String(line)) }
            place = .chain(isOurs: isOurs)
        } else if line.hasPrefix("comment \""), line.hasSuffix("\"") {
            comment = String(line.dropFirst("comment \"".count).dropLast())
        } else if words.first == "flags" {
            isDormant = words.contains { $0.hasPrefix("dormant") }
            if words.count > 2 || !isDormant { strange.append(String(line)) }
        } else {
            strange.append(String(line))
        }
    }

    private mutating func readElements(_ list: Substring, of set: FirewallSet?, _ now: Timestamp) {
        for element in list.pieces(between: ",") {
            let words = element.pieces(between: " ")
            guard let set, let address = words.first, let range = set.range(address) else {
                strange.append("element \(element)")
                continue
            }
            guard let place = words.firstIndex(of: "expires"), place + 1 < words.count else {
                bans[range] = FirewallBan(range, until: nil)
                continue
            }
            guard let left = Self.duration(words[place + 1]) else {
                strange.append("element \(element)")
                continue
            }
            bans[range] = FirewallBan(range, until: now + left)
        }
    }

    /// Reads `1d3h46m40s984ms`.
    static func duration(_ text: Substring) -> Duration? {
        var total = Duration.zero
        var rest = text
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int64(digits), number <= 1_000_000_000 else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            switch unit {
            case "d": total += .seconds(number * 86400)
            case "h": total += .seconds(number * 3600)
            case "m": total += .seconds(number * 60)
            case "s": total += .seconds(number)
            case "ms": total += .milliseconds(number)
            default: return nil
            }
        }
        return text.isEmpty ? nil : total
    }
}

extension Substring {
    /// As `split`, and fast enough for the elements of a large set.
    fileprivate func pieces(between separator: Unicode.Scalar) -> [Substring] {
        utf8.split(separator: UInt8(ascii: separator)).map(Substring.init)
    }
}
