import Hummingbird
import NIOCore

/// HTML whose every piece from outside is escaped.
struct HTML: Sendable, ExpressibleByStringInterpolation {
    var text: String

    init(stringLiteral value: String) { text = value }
    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    struct Interpolation: StringInterpolationProtocol {
        var text = ""
        init(literalCapacity: Int, interpolationCount: Int) {}
        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ html: HTML) { text += html.text }
        mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            // By scalars: what people see as one character may have a `<` or a quote in it.
            for scalar in value.description.unicodeScalars {
                switch scalar {
                case "&": text += "&amp;"
                case "<": text += "&lt;"
                case ">": text += "&gt;"
                case "\"": text += "&quot;"
                case "'": text += "&#39;"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
    }

    static func + (a: HTML, b: HTML) -> HTML { HTML(stringLiteral: a.text + b.text) }
}

extension Site {
    /// A page with a form in it, or without. `body` is given the field that each form must hold.
    func page(
        _ title: String, _ request: Request, status: HTTPResponse.Status = .ok, _ body: (_ seal: HTML) -> HTML
    ) -> Response {
        let known = request.cookies[forms.cookie]?.value
        let word = known ?? Random.word()
        let seal: HTML = "<input type=\"hidden\" name=\"seal\" value=\"\(forms.seal(word))\">"
        let html: HTML = """
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <meta name="referrer" content="no-referrer"><title>\(title)</title><h1>\(title)</h1>
            \(body(seal))
            </html>

            """
        var response = Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentSecurityPolicy: "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
                .xContentTypeOptions: "nosniff",
            ], body: .init(byteBuffer: ByteBuffer(string: html.text)))
        if known == nil { response.setCookie(cookie(forms.cookie, word)) }
        return response
    }

    func cookie(_ name: String, _ value: String, ends: Bool = false) -> Cookie {
        Cookie(
            name: name, value: value, maxAge: ends ? 0 : nil, path: "/", secure: settings.isSecure, httpOnly: true,
            sameSite: name == forms.cookie ? .strict : .lax)
    }

    func redirect(to path: String) -> Response { Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"]) }
}
