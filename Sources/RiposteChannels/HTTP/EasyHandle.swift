internal import CLibcurl

/// libcurl's handle of one transfer, with its lists and the text of its last error.
final class EasyHandle {
    let raw: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private let errorText: UnsafeMutablePointer<CChar>

    init() throws(HTTPError) {
        guard let raw = curl_easy_init() else { throw .unavailable("there is no memory for a request") }
        self.raw = raw
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try check(riposte_curl_set_pointer(raw, CURLOPT_ERRORBUFFER, errorText))
    }

    deinit {
        curl_easy_cleanup(raw)
        for list in lists { curl_slist_free_all(list) }
        errorText.deallocate()
    }

    func set(_ option: CURLoption, _ value: Int) throws(HTTPError) { try check(riposte_curl_set_long(raw, option, value)) }
    func set(_ option: CURLoption, _ value: Bool) throws(HTTPError) { try set(option, value ? 1 : 0) }
    func set(_ option: CURLoption, _ value: String) throws(HTTPError) { try check(riposte_curl_set_string(raw, option, value)) }

    /// Whole milliseconds, at least one: zero would mean no limit.
    func set(_ option: CURLoption, milliseconds duration: Duration) throws(HTTPError) {
        try set(option, max(Int(duration / .milliseconds(1)), 1))
    }

    /// Hands over a copy of `body`.
    func setBody(_ body: [UInt8]) throws(HTTPError) {
        try check(riposte_curl_set_size(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        let code = body.withUnsafeBytes { bytes in
            // An empty array has no address, and none would mean that a callback brings the body.
            guard let start = bytes.baseAddress else { return riposte_curl_set_string(raw, CURLOPT_COPYPOSTFIELDS, "") }
            return riposte_curl_set_pointer(raw, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
        }
        try check(code)
    }

    /// Headers are lines as libcurl wants them: `Name: value`, `Name;` for an empty value, `Name:` for none of its own.
    func set(_ option: CURLoption, _ lines: [String]) throws(HTTPError) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                throw .unavailable("there is no memory for a request")
            }
            list = longer
        }
        if let list { lists.append(list) }
        try check(riposte_curl_set_list(raw, option, list))
    }

    func check(_ code: CURLcode) throws(HTTPError) {
        guard code != CURLE_OK else { return }
        throw .unavailable("the library that connects refused a setting: \(HTTPError.name(code))")
    }

    var status: Int {
        var value = 0
        riposte_curl_get_long(raw, CURLINFO_RESPONSE_CODE, &value)
        return value
    }

    /// Whether any byte of the request has left.
    var hasSent: Bool {
        var value = 0
        riposte_curl_get_long(raw, CURLINFO_REQUEST_SIZE, &value)
        return value > 0
    }

    /// What libcurl says of its last error, in one line.
    var errorDetail: String {
        String(cString: errorText).unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200).reduce(into: "") {
            $0.unicodeScalars.append($1)
        }
    }
}
