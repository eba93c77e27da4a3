internal import Riposte

extension Riposte.Notification {
    /// The link where it is a plain web address; anything else is left away.
    func webLink(limit: Int) -> String? {
        guard let link, link.utf8.count <= limit else { return nil }
        return (try? HTTPURL(link))?.text
    }
}
