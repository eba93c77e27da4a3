import Riposte
import RiposteChannels
import RiposteTesting

/// A client that may connect to this machine, with limits short enough for a test.
func localClient(_ change: (inout HTTPClient.Configuration) -> Void = { _ in }) -> HTTPClient {
    var configuration = HTTPClient.Configuration(
        connectTimeout: .seconds(5), timeout: .seconds(20), allowedNetworks: [AddressRange(IPAddress(v4: 0x7F00_0001))])
    change(&configuration)
    return HTTPClient(configuration)
}

extension LocalHTTPServer {
    func address(_ path: String = "/") throws -> HTTPURL { try HTTPURL(url + path) }
}

/// The error that `work` throws, or a failed expectation.
func failure<Value, Failure: Error>(of work: () async throws(Failure) -> Value) async -> Failure? {
    do throws(Failure) {
        _ = try await work()
        return nil
    } catch {
        return error
    }
}
