import Hummingbird
import Logging
import NIOCore
import Riposte
import RiposteChannels
import ServiceLifecycle
import Synchronization

/// A server on a real socket of 127.0.0.1 while `body` runs.
func withServer<Responder: HTTPResponderBuilder, Result: Sendable>(
    _ router: Responder, services: [any Service] = [], logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
    _ body: @escaping @Sendable (Browser) async throws -> Result
) async throws -> Result where Responder.Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let application = Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)), services: services,
        onServerRunning: { port.yield($0.localAddress?.port ?? 0) }, logger: logger)
    return try await withService(application, logger) {
        for await port in ports { return try await body(Browser(port: port)) }
        throw CancellationError()
    }
}

/// Runs `service` until `body` has returned, then shuts it down in good order.
func withService<Result: Sendable>(
    _ service: any Service, _ logger: Logger, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let group = ServiceGroup(configuration: .init(services: [service], logger: logger))
    return try await withThrowingTaskGroup(of: Result?.self) { tasks in
        tasks.addTask {
            try await group.run()
            return nil
        }
        tasks.addTask { try await body() }
        defer { tasks.cancelAll() }
        for try await result in tasks {
            guard let result else { throw CancellationError() }
            await group.triggerGracefulShutdown()
            return result
        }
        throw CancellationError()
    }
}
