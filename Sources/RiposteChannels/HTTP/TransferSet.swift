internal import CLibcurl
internal import Riposte
internal import Synchronization

/// The transfers that are running. Lives on the transferring thread alone.
struct TransferSet {
    private let multi: MultiHandle
    private let inFlight: InFlightCount
    private var running: [UnsafeMutableRawPointer: any Transfer] = [:]

    init(_ multi: MultiHandle, _ inFlight: InFlightCount) {
        self.multi = multi
        self.inFlight = inFlight
    }

    var count: Int { running.count }

    mutating func start(_ submission: any Submission) {
        do throws(HTTPError) {
            let transfer = try submission.start()
            guard curl_multi_add_handle(multi.raw, transfer.easy.raw) == CURLM_OK else {
                return submission.fail(.unavailable("\(submission.what) could not be started"))
            }
            running[transfer.easy.raw] = transfer
            inFlight.add(1)
        } catch {
            submission.fail(error)
        }
    }

    /// Moves every transfer on and answers those who wait for one that ended.
    mutating func perform() {
        var left: CInt = 0
        curl_multi_perform(multi.raw, &left)
        while let message = curl_multi_info_read(multi.raw, &left)?.pointee {
            guard message.msg == CURLMSG_DONE, let easy = message.easy_handle else { continue }
            let code = message.data.result
            remove(easy) { $0.end(code) }
        }
    }

    mutating func endCancelled() {
        for (easy, transfer) in running where transfer.cancellation.isRaised { remove(easy) { $0.cancel() } }
    }

    mutating func endAll() {
        for easy in Array(running.keys) { remove(easy) { $0.cancel() } }
    }

    /// Waits until there is something to move on, somebody wakes it, or the time is up.
    func wait(atMost duration: Duration) {
        curl_multi_poll(multi.raw, nil, 0, CInt(clamping: duration.microseconds / 1000), nil)
    }

    private mutating func remove(_ easy: UnsafeMutableRawPointer, answer: (any Transfer) -> Void) {
        guard let transfer = running.removeValue(forKey: easy) else { return }
        curl_multi_remove_handle(multi.raw, easy)
        inFlight.add(-1)  // before anybody hears of it, who may ask for the count
        answer(transfer)
    }
}

/// How many transfers are running: written by the transferring thread, read by anybody.
final class InFlightCount: Sendable {
    private let count = Atomic<Int>(0)

    func add(_ change: Int) { count.wrappingAdd(change, ordering: .acquiringAndReleasing) }
    var value: Int { count.load(ordering: .acquiring) }
}
