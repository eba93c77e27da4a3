public import Riposte

extension LocalHTTPServer {
    /// A header field.
    public struct Field: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A request as it came.
    public struct Request: Sendable, Hashable {
        public var method: String
        /// Path and query as they were sent, percent-encoding and all.
        public var target: String
        public var fields: [Field]
        public var body: [UInt8]

        public init(method: String, target: String, fields: [Field] = [], body: [UInt8] = []) {
            self.method = method
            self.target = target
            self.fields = fields
            self.body = body
        }

        /// The target up to the `?`.
        public var path: String { String(target.prefix { $0 != "?" }) }

        /// The first value of the header field `name`, in any case.
        public subscript(_ name: String) -> String? {
            let wanted = name.lowercased()
            return fields.first { $0.name.lowercased() == wanted }?.value
        }

        /// The body as text, broken characters replaced.
        public var text: String { String(decoding: body, as: UTF8.self) }

        /// The body as JSON; `nil` where it is none.
        public var json: JSONValue? { try? JSONValue(json: text) }
    }

    /// What to answer. `Content-Length` and `Connection: close` are added.
    public struct Response: Sendable, Hashable {
        /// How much of a response reaches the client.
        public enum Delivery: Sendable, Hashable {
            case whole
            /// The connection is closed after this many bytes of the body, though more were announced.
            case cut(afterBodyBytes: Int)
            /// Nothing more comes after this many bytes of the body, and the connection stays open.
            case stalled(afterBodyBytes: Int)
            /// Nothing comes, and the connection stays open.
            case hanging
            /// The connection is closed without a byte.
            case dropped
            /// The body alone is sent, as the whole answer: for what is not HTTP.
            case bare
        }

        public var status: Int
        public var fields: [Field]
        public var body: [UInt8]
        public var delivery: Delivery

        public init(_ status: Int, fields: [Field] = [], body: [UInt8] = [], delivery: Delivery = .whole) {
            self.status = status
            self.fields = fields
            self.body = body
            self.delivery = delivery
        }

        /// Plain text.
        public static func text(_ text: String, status: Int = 200, fields: [Field] = []) -> Response {
            Response(status, fields: [Field("Content-Type", "text/plain; charset=utf-8")] + fields, body: Array(text.utf8))
        }

        public static func json(_ value: JSONValue, status: Int = 200, fields: [Field] = []) -> Response {
            Response(status, fields: [Field("Content-Type", "application/json")] + fields, body: Array(value.description.utf8))
        }

        /// Sends the client to `location`.
        public static func redirect(to location: String) -> Response { Response(302, fields: [Field("Location", location)]) }

        /// Never answers.
        public static let hanging = Response(200, delivery: .hanging)
        /// Closes the connection without an answer.
        public static let dropped = Response(200, delivery: .dropped)

        /// The bytes that go out, and whether the connection is left open after them.
        func wire(for method: String) -> (bytes: [UInt8], staysOpen: Bool) {
            let content = method == "HEAD" ? [] : body
            switch delivery {
            case .whole: return (head + content, false)
            case .cut(let count): return (head + content.prefix(count), false)
            case .stalled(let count): return (head + content.prefix(count), true)
            case .hanging: return ([], true)
            case .dropped: return ([], false)
            case .bare: return (body, false)
            }
        }

        private var head: [UInt8] {
            let framing = status == 204 || status == 304 ? [] : [Field("Content-Length", "\(body.count)")]
            let lines = (fields + framing + [Field("Connection", "close")]).map { "\($0.name): \($0.value)\r\n" }
            return Array(("HTTP/1.1 \(status) \(status < 400 ? "OK" : "Error")\r\n" + lines.joined() + "\r\n").utf8)
        }
    }

    /// How much a server takes.
    public struct Limits: Sendable, Hashable {
        /// Connections open at once; others wait in the system's queue.
        public var connections: Int
        /// Request line and header fields together, in bytes.
        public var head: Int
        /// In bytes.
        public var body: Int
        /// Requests kept for ``LocalHTTPServer/requests``; later ones are answered and counted only.
        public var kept: Int

        public init(connections: Int = 64, head: Int = 32_768, body: Int = 4_194_304, kept: Int = 10_000) {
            self.connections = connections
            self.head = head
            self.body = body
            self.kept = kept
        }
    }
}
