internal import Riposte

/// A time as mail writes it: `Fri, 20 Nov 2026 12:00:00 +0000` (RFC 5322, section 3.3).
enum MailDate {
    static func text(_ time: Timestamp) -> String {
        let days = Int((time.seconds >= 0 ? time.seconds : time.seconds - 86_399) / 86_400)
        let date = CivilDate(daysSinceEpoch: days)
        let second = Int(time.seconds) - days * 86_400
        let weekday = weekdays[((days + 4) % 7 + 7) % 7]  // the epoch was a Thursday
        let clock = [second / 3600, second / 60 % 60, second % 60].map(twoDigits).joined(separator: ":")
        return "\(weekday), \(date.day) \(months[date.month - 1]) \(date.year) \(clock) +0000"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func twoDigits(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
}
