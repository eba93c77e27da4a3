internal import Riposte

/// What a plain scalar means by the core schema of YAML 1.2 (section 10.3.2).
enum YAMLScalar {
    /// The meaning of a plain scalar; `nil` for a number that does not fit into a JSON tree.
    static func resolve(_ text: String) -> JSONValue? {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        guard let first = text.utf8.first, (0x30...0x39).contains(first) || first == 0x2B || first == 0x2D || first == 0x2E else {
            return .string(text)
        }
        switch number(text) {
        case .none: return .string(text)
        case .some(let value): return value
        }
    }

    /// `.none` = not a number, `.some(nil)` = a number that does not fit.
    private static func number(_ text: String) -> JSONValue?? {
        let bytes = Array(text.utf8)
        if text.hasPrefix("0o") { return digits(bytes.dropFirst(2), radix: 8) }
        if text.hasPrefix("0x") { return digits(bytes.dropFirst(2), radix: 16) }
        let unsigned = bytes.first == 0x2B || bytes.first == 0x2D ? bytes.dropFirst() : bytes[...]
        if !unsigned.isEmpty, unsigned.allSatisfy(isDigit) { return .some(Int64(text).map(JSONValue.int)) }
        switch String(decoding: unsigned, as: UTF8.self) {
        case ".inf", ".Inf", ".INF": return .some(nil)
        case ".nan", ".NaN", ".NAN": return unsigned.count == bytes.count ? .some(nil) : .none
        default: break
        }
        guard isDecimal(unsigned) else { return .none }
        return .some(Double(text).flatMap { $0.isFinite ? .double($0) : nil })
    }

    private static func digits(_ bytes: ArraySlice<UInt8>, radix: Int) -> JSONValue?? {
        let isDigits = bytes.allSatisfy { byte in
            radix == 8 ? (0x30...0x37).contains(byte) : isDigit(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
        }
        guard !bytes.isEmpty, isDigits else { return .none }
        return .some(Int64(String(decoding: bytes, as: UTF8.self), radix: radix).map(JSONValue.int))
    }

    /// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    private static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        let whole = rest.prefix(while: isDigit).count
        rest = rest.dropFirst(whole)
        if rest.first == 0x2E {
            rest = rest.dropFirst()
            let fraction = rest.prefix(while: isDigit).count
            guard whole > 0 || fraction > 0 else { return false }
            rest = rest.dropFirst(fraction)
        } else if whole == 0 {
            return false
        }
        guard let exponent = rest.first else { return true }
        guard exponent == 0x65 || exponent == 0x45 else { return false }
        rest = rest.dropFirst()
        if rest.first == 0x2B || rest.first == 0x2D { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
