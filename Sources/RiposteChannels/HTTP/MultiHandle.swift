internal import CLibcurl

/// libcurl's set of transfers.
///
/// Not checked by the compiler, because a C pointer has no isolation: only ``wake()`` is called off the transferring thread,
/// which libcurl documents as safe, and never after ``cleanUp()``, because both sides hold the loop's lock or are that thread.
struct MultiHandle: @unchecked Sendable {
    let raw: UnsafeMutableRawPointer

    /// `nil` where libcurl has no memory.
    init?() {
        guard Self.isReady, let raw = curl_multi_init() else { return nil }
        self.raw = raw
    }

    func wake() { curl_multi_wakeup(raw) }
    func cleanUp() { curl_multi_cleanup(raw) }

    /// libcurl is set up once for the process and stays so: its own counter does not say who else uses it.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK
}
