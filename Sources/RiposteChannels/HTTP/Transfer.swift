internal import CLibcurl

/// One transfer on its way. Lives on the transferring thread alone, and answers who waits for it exactly once.
protocol Transfer: AnyObject {
    var easy: EasyHandle { get }
    var cancellation: CancellationFlag { get }
    /// libcurl is done with it.
    func end(_ code: CURLcode)
    /// Nobody wants it any more.
    func cancel()
}
