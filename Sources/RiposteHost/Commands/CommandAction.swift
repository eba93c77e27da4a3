public import Riposte
internal import Subprocess
internal import SystemPackage

/// Runs a program that the settings name: an argument list, no shell, nothing of an event but as an argument of its own.
public struct CommandAction: ResponseAction {
    public let name: ActionName
    private let command: CommandConfiguration

    public init(_ name: ActionName, _ command: CommandConfiguration) {
        self.name = name
        self.command = command
    }

    public var documentation: ActionDocumentation {
        ActionDocumentation(
            summary: "Runs \(command.program).",
            discussion: """
                Exit status 0 is success\(command.unchangedStatus.map { ", \($0) that it was so already" } ?? ""), 75 (EX_TEMPFAIL) a \
                failure that is tried again, every other a failure. It is ended after \(DurationText.format(command.timeout)), with all \
                that it started. The program may run again for the same step after a crash: RIPOSTE_KEY is the same then.
                """,
            writes: ["command_status", "command_output"], example: "{action: \(name)}")
    }

    public func execute(_ parameters: NoParameters, in context: ResponseContext) async throws -> ActionResult {
        let tree = JSONValue.object(context.values)
        var arguments: [String] = []
        for argument in command.arguments { arguments.append(try argument.text(in: tree)) }
        let identity = try command.user.map { try LocalUser(named: $0) }
        switch try await finish(arguments, identity, environment(context)) {
        case .ended(let status, let output): return result(status, output)
        case .timedOut:
            var result = ActionResult.failure(
                "\(command.program) had not ended after \(DurationText.format(command.timeout)), and was killed", kind: .unknown)
            result.isTimeout = true
            return result
        }
    }

    public func preview(_ parameters: NoParameters, in context: ResponseContext) async throws -> ActionResult {
        let tree = JSONValue.object(context.values)
        var words = [command.program]
        for argument in command.arguments { words.append(try argument.text(in: tree)) }
        return .success("would run " + words.map { "“\($0)”" }.joined(separator: " "))
    }

    // MARK: - The process

    private enum Ending: Sendable {
        case ended(TerminationStatus, output: String)
        case timedOut
    }

    private func finish(_ arguments: [String], _ user: LocalUser?, _ environment: [String: String]) async throws -> Ending {
        try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask { try await run(arguments, user, environment) }
            group.addTask { [timeout = command.timeout] in
                try await Task.sleep(for: timeout)
                return .timedOut
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private func run(_ arguments: [String], _ user: LocalUser?, _ environment: [String: String]) async throws -> Ending {
        var options = PlatformOptions()
        // A session of its own, so that what it starts can be ended with it.
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
        let words = user.map { Self.become($0) + [command.program] + arguments } ?? [command.program] + arguments
        do {
            let outcome = try await Subprocess.run(
                .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())),
                environment: .custom(Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })),
                workingDirectory: "/", platformOptions: options, input: .none, output: .sequence, error: .combinedWithOutput
            ) { execution in
                // It may have ended as it was asked to, and what it started not.
                defer { if Task.isCancelled { try? execution.send(signal: .kill, toProcessGroup: true) } }
                return try await Self.head(of: execution.standardOutput)
            }
            return .ended(outcome.terminationStatus, output: outcome.closureResult)
        } catch let error as SubprocessError {
            throw CommandError("could not run \(words[0]): \(error)", kind: error.code == .spawnFailed ? .permanent : .unknown)
        }
    }

    /// A program that becomes the user and then the program it is given. Between fork and exec, glibc's own calls would wait for
    /// threads that the child does not have: for ever, where the parent was just starting one.
    private static func become(_ user: LocalUser) -> [String] {
        ["/usr/bin/setpriv", "--reuid=\(user.id)", "--regid=\(user.group)", "--clear-groups", "--"]
    }

    /// The beginning of what it says; the rest is read, so that it does not wait for a reader, and dropped.
    private static func head(of output: SubprocessOutputSequence) async throws -> String {
        var head: [UInt8] = []
        for try await buffer in output {
            let room = outputLimit - head.count
            if room > 0 { buffer.withUnsafeBytes { head += $0.prefix(room) } }
        }
        return String(decoding: head, as: UTF8.self)
    }

    /// Of what a program says so many bytes are kept.
    private static let outputLimit = 4096

    private func environment(_ context: ResponseContext) -> [String: String] {
        let usual = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"]
        let own = [
            "RIPOSTE_INCIDENT": context.incidentID.rawValue, "RIPOSTE_RUN": context.runID.rawValue,
            "RIPOSTE_KEY": context.idempotencyKey,
        ]
        return usual.merging(command.environment) { _, set in set }.merging(own) { _, own in own }
    }

    private func result(_ status: TerminationStatus, _ output: String) -> ActionResult {
        let said = output.split(whereSeparator: \.isNewline).last.map { ": \($0.prefix(200))" } ?? ""
        guard case .exited(let code) = status else { return .failure("\(command.program) was ended by a signal\(said)", kind: .unknown) }
        let context: [String: any ContextValue] = ["command_status": Int(code), "command_output": output]
        if code == 0 { return .success("\(command.program) did it\(said)", context: context) }
        if Int(code) == command.unchangedStatus { return .unchanged("\(command.program) found it so already\(said)", context: context) }
        return .failure(
            "\(command.program) failed with exit status \(code)\(said)", kind: code == Self.temporaryFailure ? .transient : .permanent,
            context: context)
    }

    /// `EX_TEMPFAIL` of sysexits.h.
    private static let temporaryFailure: Int32 = 75
}
