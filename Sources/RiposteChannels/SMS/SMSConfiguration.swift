public import Riposte

/// By whom text messages are sent, from whom and to whom.
public struct SMSConfiguration: Sendable, Hashable {
    /// `https://api.twilio.com`, or who speaks its language.
    public var url: String
    /// The account's `AC…`; no secret.
    public var account: String
    public var token: Secret
    public var from: Sender
    public var to: [PhoneNumber]
    /// For one message.
    public var timeout: Duration

    public static let address = "https://api.twilio.com"

    /// From whom a message comes.
    public enum Sender: Sendable, Hashable {
        case number(PhoneNumber)
        /// A name of up to eleven letters and digits, or a short number.
        case name(String)
        /// A messaging service, `MG…`, which chooses the number.
        case service(String)

        /// `nil` where it is none of these.
        public init?(_ text: String) {
            if let number = PhoneNumber(text) {
                self = .number(number)
            } else if text.hasPrefix("MG"), text.utf8.count == 34, text.utf8.allSatisfy(Self.isWord) {
                self = .service(text)
            } else if (1...11).contains(text.utf8.count), text.first != " ", text.utf8.allSatisfy({ Self.isWord($0) || $0 == 0x20 }) {
                self = .name(text)
            } else {
                return nil
            }
        }

        private static func isWord(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
    }

    public init(
        url: String = address, account: String, token: Secret, from: Sender, to: [PhoneNumber], timeout: Duration = .seconds(10)
    ) {
        self.url = url
        self.account = account
        self.token = token
        self.from = from
        self.to = to
        self.timeout = timeout
    }
}
