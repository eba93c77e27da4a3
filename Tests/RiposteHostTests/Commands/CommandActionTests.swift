import FoundationEssentials
import Glibc
import Logging
import Riposte
import RiposteTesting
import Testing

@testable import RiposteHost

@Suite struct `a command that playbooks may run` {
    private let folder = TemporaryFolder()

    /// A program that says what it was given.
    private func program(_ body: String) throws -> String {
        let path = folder / "program-\(UInt(bitPattern: body.hashValue))"
        try writeBytes(Array("#!/bin/sh\n\(body)\n".utf8), to: path)
        #expect(chmod(path, 0o755) == 0)
        return path
    }

    private func command(
        _ program: String, _ arguments: [String] = [], user: String? = nil, timeout: Duration = .seconds(60), unchanged: Int? = nil
    ) throws -> CommandAction {
        CommandAction(
            "purge",
            try CommandConfiguration(
                program: program, arguments: try arguments.map { try CommandArgument($0) }, environment: ["COLOUR": "red"], user: user,
                timeout: timeout, unchangedStatus: unchanged))
    }

    private func context(_ values: [String: JSONValue] = ["ip": "203.0.113.9", "user": "alice"]) -> ResponseContext {
        ResponseContext(
            values: values, trigger: .manual(actor: "ann", reason: ""), incidentID: "inc-1", runID: "run-1", step: StepPath(0),
            now: SystemClock().now(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func run(
        _ command: CommandAction, _ values: [String: JSONValue] = ["ip": "203.0.113.9", "user": "alice"]
    ) async throws -> ActionResult {
        try await command.execute(NoParameters(), in: context(values))
    }

    @Test func `is given its arguments as they are, none of them read by a shell`() async throws {
        let program = try program("for a in \"$@\"; do echo \"<$a>\"; done")
        let mark = folder / "evil"
        let evil = "x; touch \(mark) $(id) `id` | cat > 'f' && \"q\""
        let result = try await run(
            command(program, ["--purge", "{{ ip }}", "{{user}}", "$HOME *"]), ["ip": "203.0.113.9", "user": .string(evil)])
        #expect(result.success, "\(result.message)")
        #expect(result.context["command_output"] == .string("<--purge>\n<203.0.113.9>\n<\(evil)>\n<$HOME *>\n"))
        #expect(access(mark, F_OK) != 0)
    }

    @Test(arguments: [("-rf", "could be taken for an option"), ("a\0b", "holds a NUL")])
    func `refuses a value that would be read as something else`(value: String, words: String) async throws {
        let program = try program("exit 0")
        let error = await #expect(throws: CommandError.self) { try await run(command(program, ["{{ user }}"]), ["user": .string(value)]) }
        #expect(error?.description.contains(words) == true)
        await #expect(throws: CommandError.self) { try await run(command(program, ["{{ nothing }}"])) }
    }

    @Test(arguments: ["a{{ ip }}", "{{ ip }}{{ user }}", "{{ }}", "{{ ip", "{{ ip }} "])
    func `takes a value as an argument of its own and not as a part of one`(text: String) {
        #expect(throws: CommandError.self) { try CommandArgument(text) }
    }

    @Test func `needs an absolute path`() {
        #expect(throws: CommandError.self) { try CommandConfiguration(program: "rm") }
    }

    @Test func `finds a clean environment, and the key that tells a repetition`() async throws {
        setenv("RIPOSTE_TEST_SECRET", "hunter2", 1)
        let result = try await run(command(try program("env | sort; pwd")))
        let output = result.context["command_output"]?.string ?? ""
        #expect(!output.contains("hunter2"))
        for line in ["COLOUR=red", "RIPOSTE_INCIDENT=inc-1", "RIPOSTE_RUN=run-1", "RIPOSTE_KEY=run-1:0", "PWD=/"] {
            #expect(output.contains(line), "\(output)")
        }
    }

    @Test func `finds the search path that the settings give, and nothing of theirs in place of what tells a repetition`() async throws {
        let own = ["PATH": "/opt/tools:/usr/bin:/bin", "LANG": "de_DE.UTF-8", "RIPOSTE_KEY": "forged"]
        let action = CommandAction("purge", try CommandConfiguration(program: program("env"), environment: own))
        let output = try await run(action).context["command_output"]?.string ?? ""
        for line in ["PATH=/opt/tools:/usr/bin:/bin", "LANG=de_DE.UTF-8", "RIPOSTE_KEY=run-1:0"] {
            #expect(output.contains(line), "\(output)")
        }
    }

    @Test func `says by its exit status what came of it`() async throws {
        #expect(try await run(command(program("exit 3"), unchanged: 3)).isUnchanged)
        let failure = try await run(command(program("echo no such zone >&2; exit 3")))
        #expect(failure.failureKind == .permanent)
        #expect(failure.message.hasSuffix("failed with exit status 3: no such zone"))
        #expect(try await run(command(program("exit 75"))).failureKind == .transient)
        #expect(try await run(command(program("kill -9 $$"))).failureKind == .unknown)
        await #expect(throws: CommandError.self) { try await run(command("/nonexistent/program")) }
    }

    @Test func `is killed with all that it started when its time is up`() async throws {
        let pids = folder / "pids"
        let program = try program(
            "trap '' TERM; (trap '' TERM; echo $$ >> \(pids); exec sleep 1000) & echo $! >> \(pids); echo $$ >> \(pids); wait; sleep 1000")
        let result = try await run(command(program, timeout: .milliseconds(500)))
        #expect(result.isTimeout && result.failureKind == .unknown)
        let started = try String(contentsOfFile: folder / "pids", encoding: .utf8).split(separator: "\n").compactMap { Int32($0) }
        #expect(!started.isEmpty)
        for pid in Set(started) { try await until { kill(pid, 0) != 0 && errno == ESRCH } }
    }

    @Test func `is killed with what it started, though it ends in good order itself and that does not`() async throws {
        let pids = folder / "pids"
        let program = try program("(trap '' TERM; exec sleep 1000) & echo $! >> \(pids); wait")
        let result = try await run(command(program, timeout: .milliseconds(500)))
        #expect(result.isTimeout)
        let started = try #require(Int32(String(contentsOfFile: folder / "pids", encoding: .utf8).split(separator: "\n").joined()))
        try await until { kill(started, 0) != 0 && errno == ESRCH }
    }

    @Test func `is over when it has ended, whatever it leaves running`() async throws {
        let pids = folder / "pids"
        let result = try await run(command(try program("echo begun; sleep 1000 & echo $! >> \(pids)")))
        #expect(result.success && result.context["command_output"] == "begun\n", "\(result.message)")
        let left = try #require(Int32(String(contentsOfFile: folder / "pids", encoding: .utf8).split(separator: "\n").joined()))
        #expect(kill(left, SIGKILL) == 0)
    }

    @Test func `may say as much as it likes, of which the beginning is kept`() async throws {
        let result = try await run(command(program("head -c 300000 /dev/zero | tr '\\0' x; echo")))
        #expect(result.success)
        #expect(result.context["command_output"]?.string?.utf8.count == 4096)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root")) func `runs as its own user where one is set`() async throws {
        #expect(chmod(folder.path, 0o755) == 0)
        let result = try await run(command(try program("id -un; id -Gn"), user: "nobody"))
        #expect(result.context["command_output"] == "nobody\nnogroup\n")
        let error = await #expect(throws: CommandError.self) { try await run(command("/bin/true", user: "no-such-user")) }
        #expect(error?.description == "this machine has no user “no-such-user”")
    }
}
