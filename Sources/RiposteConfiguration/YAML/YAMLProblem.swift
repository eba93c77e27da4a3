internal import Riposte
internal import Yams

/// Says in a sentence what the parser did not like.
struct YAMLProblem {
    /// What was parsed.
    let text: String

    func finding(for error: YamlError, file: String) -> Finding {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let (message, suggestion) = sentence(problem, context, mark)
            return Finding(.error, at: SourceLocation(file: file, line: mark.line, column: mark.column), message, suggestion: suggestion)
        case .reader(let problem, _, _, _):
            return Finding(.error, at: SourceLocation(file: file, line: 1, column: 1), "the text cannot be read: \(problem)")
        default:
            return Finding(.error, at: SourceLocation(file: file, line: 1, column: 1), "the text cannot be read")
        }
    }

    private func sentence(_ problem: String, _ context: YamlError.Context?, _ mark: Mark) -> (String, String?) {
        let opened = context.map { " that begins in line \($0.mark.line)" } ?? ""
        switch problem {
        case "found character that cannot start any token": return badStart(mark)
        case "found a tab character that violates indentation": return ("a tab cannot indent in YAML", "use spaces")
        case "mapping values are not allowed in this context":
            return ("a “key: value” cannot stand here", "put a text that holds “: ” into quotes, or look at the indentation")
        case "found unexpected end of stream": return ("a quote\(opened) is never closed", nil)
        case "could not find expected ':'":
            return ("a key\(opened) has no colon after it", "write “key: value”, and put a longer text into quotes")
        case "did not find expected ',' or ']'": return ("the list\(opened) has no “,” or “]” here", nil)
        case "did not find expected ',' or '}'": return ("the map\(opened) has no “,” or “}” here", nil)
        case "did not find expected key": return ("a key is expected here, by the indentation of the map\(opened)", nil)
        case "did not find expected '-' indicator": return ("a “- ” is expected here, by the indentation of the list\(opened)", nil)
        case "did not find expected <document start>": return ("the document has ended before this", "begin another one with “---”")
        case let text where text.hasPrefix("Maximum nesting level"): return ("lists and maps lie in each other far too deep", nil)
        default: return ("not valid YAML: \(problem)" + (context.map { " (\($0.text), line \($0.mark.line))" } ?? ""), nil)
        }
    }

    private func badStart(_ mark: Mark) -> (String, String?) {
        guard let index = YAMLText.index(line: mark.line, column: mark.column, in: text), index < text.endIndex else {
            return ("nothing can start here", nil)
        }
        let scalar = text.unicodeScalars[index]
        if scalar == "\t" { return ("a tab cannot indent in YAML", "use spaces") }
        return ("a text cannot start with “\(scalar)”", "put it into quotes")
    }
}
