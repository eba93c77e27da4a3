import Foundation
import Riposte
import RiposteConfiguration
import Testing

/// The findings of a text, as they are printed, its file called `f`.
func findings(_ yaml: String, limits: YAMLDocumentReader.Limits = .init()) -> [String] {
    YAMLDocumentReader(limits: limits).read(yaml, file: "f").findings.map(\.description)
}

/// The one document of a text without findings.
func document(_ yaml: String) throws -> LocatedValue {
    let (documents, findings) = YAMLDocumentReader().read(yaml, file: "f")
    try #require(findings.isEmpty, "\(findings)")
    try #require(documents.count == 1)
    return documents[0]
}

@Suite struct `a YAML document` {
    @Test(
        arguments: [
            ("off", "off"), ("on", "on"), ("yes", "yes"), ("no", "no"), ("y", "y"), ("n", "n"), ("Off", "Off"), ("tRue", "tRue"),
            ("true", true), ("True", true), ("TRUE", true), ("false", false), ("~", nil), ("null", nil), ("Null", nil), ("", nil),
            ("\"true\"", "true"), ("'~'", "~"), ("\"12\"", "12"), ("\"\"", ""), ("!!str 12", "12"), ("!!str", ""),
            ("|\n  12\n", "12\n"),
            ("0", 0), ("-0", 0), ("007", 7), ("+12", 12), ("-12", -12), ("0o17", 15), ("0o18", "0o18"), ("0x1f", 31), ("0xZ", "0xZ"),
            ("0b11", "0b11"),
            ("9223372036854775807", 9_223_372_036_854_775_807), ("1_000", "1_000"), ("12:30:45", "12:30:45"), ("2026-11-20", "2026-11-20"),
            ("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("-1.5E-3", -0.0015), (".", "."), ("-", "-x"), ("+", "+"),
            ("1e", "1e"),
            ("1.2.3.4", "1.2.3.4"), ("203.0.113.0/24", "203.0.113.0/24"), ("60m", "60m"), ("=", "="), ("<<", "<<"), (".inform", ".inform"),
        ] as [(String, JSONValue)])
    func `resolves scalars by the core schema of YAML 1,2`(text: String, value: JSONValue) throws {
        guard text != "-" else { return }  // alone it begins a list
        #expect(try document("a: \(text)").json == ["a": value])
    }

    @Test(arguments: ["9223372036854775808", "-9223372036854775809", "0xffffffffffffffffff", "1e999", ".inf", "-.INF", ".nan"])
    func `refuses a number that does not fit`(text: String) {
        #expect(findings("a: \(text)") == ["f:1:4: error: the number \(text) does not fit; put it into quotes if it is meant as text"])
    }

    @Test func `remembers where each part was written`() throws {
        let root = try document("# first\nä: 1\nlist:\n  - x\n  - {deep: [1, y]}\n")
        #expect(root.location == SourceLocation(file: "f", line: 2, column: 1))
        guard case .map(let members) = root.content, case .list(let elements) = members[1].value.content,
            case .map(let inner) = elements[1].content, case .list(let deep) = inner[0].value.content
        else { return #expect(Bool(false), "another shape") }
        #expect(members[0].keyLocation?.description == "f:2:1")
        #expect(members[0].value.location?.description == "f:2:4")
        #expect(elements.map(\.location?.description) == ["f:4:5", "f:5:5"])
        #expect(inner[0].keyLocation?.description == "f:5:6")
        #expect(deep.map(\.location?.description) == ["f:5:13", "f:5:16"])
    }

    @Test func `may be JSON`() throws {
        let json = #"{"a": [1, 2.5, true, null, "x\u00e4\/\"\n"], "b": {"c": {}}, "d": []}"#
        #expect(try document(json).json == ["a": [1, 2.5, true, nil, "xä/\"\n"], "b": ["c": [:]], "d": []])
    }

    @Test func `may be one of many in a stream`() {
        let (documents, findings) = YAMLDocumentReader().read("a: 1\n---\nb: 2\n...\n---\n- 3\n", file: "f")
        #expect(documents.map(\.json) == [["a": 1], ["b": 2], [3]])
        #expect(findings.isEmpty)
        #expect(documents[1].location?.description == "f:3:1")
    }

    @Test func `is empty where nothing is written`() {
        #expect(YAMLDocumentReader().read("", file: "f").documents.isEmpty)
        #expect(YAMLDocumentReader().read("# only a remark\n", file: "f").documents.isEmpty)
        #expect(YAMLDocumentReader().read("---\n", file: "f").documents.map(\.json) == [.null])
    }

    @Test func `may begin with a byte order mark and end its lines as Windows does`() throws {
        let (documents, findings) = YAMLDocumentReader().read([0xEF, 0xBB, 0xBF] + Array("a: 1\r\nb:\r\n  - x\r\n".utf8), file: "f")
        #expect(findings.isEmpty)
        #expect(documents.map(\.json) == [["a": 1, "b": ["x"]]])
        guard case .map(let members)? = documents.first?.content else { return #expect(Bool(false)) }
        #expect(members.map(\.keyLocation?.description) == ["f:1:1", "f:2:1"])
    }

    @Test func `keeps a key that is there twice`() throws {
        let root = try document("a: 1\nb: {x: 1, 'x': 2, \"x\": 3}\na: 2\nc: [{k: 1, k: 2}]\na: 3\n")
        guard case .map(let members) = root.content, case .map(let inner) = members[1].value.content else { return #expect(Bool(false)) }
        #expect(members.map(\.key) == ["a", "b", "a", "c", "a"])
        #expect(members.map(\.keyLocation?.description) == ["f:1:1", "f:2:1", "f:3:1", "f:4:1", "f:5:1"])
        #expect(inner.map(\.key) == ["x", "x", "x"])
        #expect(inner.map(\.keyLocation?.description) == ["f:2:5", "f:2:11", "f:2:19"])
        #expect(inner.map(\.value.json) == [1, 2, 3])
    }

    @Test func `says so where it gives up on keys that are there twice`() {
        #expect(findings("&x a: 1\na: 2\n") == ["f:1:1: error: “a” is there twice in this map"])
        #expect(
            findings("[1]: 1\n[1]: 2\n").first == "f:1:1: error: “<uncovertable>” is there twice in this map"
                || !findings("[1]: 1\n[1]: 2\n").isEmpty)
        let many = (0..<40).map { "k\($0): 1\nk\($0): 2\n" }.joined()
        #expect(findings(many).count == 1)
    }
}

@Suite struct `an alias` {
    @Test func `stands for its anchor`() throws {
        let root = try document("base: &b {x: 1, y: [*n, &n 2, *n]}\n".replacing("[*n, ", with: "[") + "use: *b\nlist: [*b, *b]\n")
        #expect(root.json["use"] == ["x": 1, "y": [2, 2]])
        #expect(root.json["list"] == [["x": 1, "y": [2, 2]], ["x": 1, "y": [2, 2]]])
        guard case .map(let members) = root.content else { return #expect(Bool(false)) }
        #expect(members[1].value.location?.description == "f:2:6")
    }

    @Test(arguments: [
        ("a: *none", "f:1:4: error: the alias “*none” has no anchor “&none” before it"),
        ("a: &x [*x]", "f:1:8: error: the alias “*x” has no anchor “&x” before it"),
        ("a: &name 1\nb: *nam", "f:2:4: error: the alias “*nam” has no anchor “&nam” before it; did you mean “name”?"),
        ("a: *.log", "f:1:4: error: “*.log” looks like an alias; put it into quotes if it is meant as text"),
        ("a: &x b\n*x : 1", "f:2:1: error: an alias cannot be a key; put “*x” into quotes if it is meant as text"),
        ("a: 1\n---\nb: *x", "f:3:4: error: the alias “*x” has no anchor “&x” before it"),
    ])
    func `without an anchor before it is refused`(yaml: String, finding: String) {
        #expect(findings(yaml) == [finding])
    }

    @Test func `is not what a star inside a text is`() throws {
        #expect(
            try document("a: 2 * 3\nb: \"*x\"\nc: |\n  * one\n  * two\nd: x*").json == [
                "a": "2 * 3", "b": "*x", "c": "* one\n* two\n", "d": "x*",
            ])
    }
}

@Suite struct `what is not YAML` {
    @Test(arguments: [
        ("a:\n\t- b", "f:2:1: error: a tab cannot indent in YAML; use spaces"),
        ("a: b: c", "f:1:5: error: a “key: value” cannot stand here; put a text that holds “: ” into quotes, or look at the indentation"),
        ("a: \"b", "f:1:6: error: a quote that begins in line 1 is never closed"),
        ("a: [1, 2\nb: 3", "f:2:2: error: the list that begins in line 1 has no “,” or “]” here"),
        ("a: {b: 1", "f:2:1: error: the map that begins in line 1 has no “,” or “}” here"),
        (
            "a: 1\nb\nc: 2",
            "f:3:1: error: a key that begins in line 2 has no colon after it; write “key: value”, and put a longer text into quotes"
        ),
        ("a: @x", "f:1:4: error: a text cannot start with “@”; put it into quotes"),
        ("a:\n  - 1\n b: 2", "f:3:2: error: a key is expected here, by the indentation of the map that begins in line 1"),
        (
            "a: !ruby/object x",
            "f:1:4: error: the tag “!ruby/object” does not fit here; known are !!str, !!int, !!float, !!bool, !!null, !!seq and !!map"
        ),
        ("a: !!int x", "f:1:4: error: “x” is not what the tag “!!int” says"),
        (
            "a: !!map [x]",
            "f:1:4: error: the tag “!!map” does not fit here; known are !!str, !!int, !!float, !!bool, !!null, !!seq and !!map"
        ),
        ("? [a]\n: 1", "f:1:3: error: a key must be text, not a list or a map"),
        ("?\n: 1", "f:1:2: error: a key is missing before the colon"),
        ("a: b\u{0}c", "f:1:5: error: the control character U+0000 is not allowed in YAML"),
        ("a: 1\nb: \u{1B}[0m", "f:2:4: error: the control character U+001B is not allowed in YAML"),
        (
            "a: \"\\ud83d\"",
            "f:1:7: error: not valid YAML: found invalid Unicode character escape code (while parsing a quoted scalar, line 1)"
        ),
    ])
    func `is refused with its place and a sentence`(yaml: String, finding: String) {
        #expect(findings(yaml) == [finding])
    }

    @Test func `is refused where it is not UTF-8`() {
        let bytes = Array("ä: 1\nb: ".utf8) + [0xC3, 0x28]
        #expect(
            YAMLDocumentReader().read(bytes, file: "f").findings.map(\.description) == [
                "f:2:4: error: the file is not UTF-8 here; save it as UTF-8"
            ])
        #expect(
            YAMLDocumentReader().read([0xFF, 0xFE, 0x61, 0], file: "f").findings.map(\.description) == [
                "f:1:1: error: the file is UTF-16; save it as UTF-8"
            ])
    }

    @Test func `does not take the documents before it along`() {
        let (documents, findings) = YAMLDocumentReader().read("a: 1\n---\nb: [\n", file: "f")
        #expect(documents.map(\.json) == [["a": 1]])
        #expect(findings.count == 1)
    }
}

@Suite struct `hostile YAML` {
    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func `that lies in itself 10,000 deep is refused`(open: String) {
        #expect(findings(String(repeating: open, count: 10_000)).count == 1)
    }

    @Test func `that lies in itself deeper than the limit is refused once`() {
        let yaml = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(findings(yaml) == ["f:1:66: error: lists and maps lie in each other deeper than 64 levels"])
        #expect(findings(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).isEmpty)
    }

    @Test func `that lies in itself 900 deep does not overflow the small stack of a caller`() {
        let done = DispatchSemaphore(value: 0)
        let caller = Thread {
            #expect(findings(String(repeating: "[", count: 900) + String(repeating: "]", count: 900)).count == 1)
            done.signal()
        }
        caller.stackSize = 512 << 10
        caller.start()
        #expect(done.wait(timeout: .now() + 60) == .success)
    }

    @Test func `that deepens by aliases is refused`() {
        let yaml = "a0: &a0 x\n" + (1...70).map { "a\($0): &a\($0) [*a\($0 - 1)]\n" }.joined()
        #expect(findings(yaml).contains { $0.hasSuffix("error: lists and maps lie in each other deeper than 64 levels") })
    }

    @Test func `that is a bomb of aliases is refused`() {
        let yaml =
            "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
            + (1...9).map { level in
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
            }.joined()
        let (documents, findings) = YAMLDocumentReader().read(yaml, file: "f")
        #expect(documents.isEmpty)
        #expect(
            findings.map(\.description) == ["f:6:15: error: the file holds more than 200000 values, aliases counted as what they stand for"]
        )
    }

    @Test func `that is a bomb in a key is refused`() {
        let yaml =
            "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
            + (1...9).map { level in
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
            }.joined() + "? *a9\n: 1\n? [*a9, *a8]\n: 2\n"
        #expect(!findings(yaml).isEmpty)
    }

    @Test func `larger than the limit is not looked at`() {
        let yaml = "a: " + String(repeating: "x", count: 1 << 20)
        #expect(findings(yaml) == ["f:1:1: error: the file is larger than 1048576 bytes"])
        #expect(findings(String(yaml.prefix(1 << 20))).isEmpty)
    }

    @Test func `with very many values is refused`() {
        let yaml = "[" + String(repeating: "1,", count: 300_000) + "1]"
        #expect(findings(yaml) == ["f:1:400000: error: the file holds more than 200000 values, aliases counted as what they stand for"])
    }

    @Test(arguments: 0..<8)
    func `of any bytes gives findings with places`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let alphabet = Array("abc :-[]{},*&!|>'\"#%@`?\n\t \\~0179.<=xé\r\u{85}---...".utf8)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                Int.random(in: 0..<20, using: &random) == 0
                    ? UInt8.random(in: 0...255, using: &random) : alphabet.randomElement(using: &random) ?? 0
            }
            let (_, findings) = YAMLDocumentReader().read(bytes, file: "f")
            #expect(findings.allSatisfy { ($0.location?.line ?? 0) > 0 && ($0.location?.column ?? 0) > 0 })
        }
    }
}

/// A small generator with a seed, so that a failure can be seen again.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
