public import ArgumentParser
public import Riposte
import RiposteConfiguration
import RiposteSQLite

struct EffectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "effect", abstract: "Every change that an action made and that can be taken back.",
        subcommands: [List.self, Show.self, Undo.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List effects, the latest first: state, target, until when, and who wanted them.",
            discussion: """
                Without --state only those that somebody still has to take back are listed; --all lists those that are over too.
                Examples: riposte effect list
                          riposte effect list --target user:alice --all
                          riposte effect list --state orphaned --output ndjson
                """)

        @Option(help: "Only those on exactly this address, network or account.", transform: TargetArgument.parse)
        var target: Target?

        @Option(help: "Only those of this incident: its id, or its beginning.")
        var incident: String?

        @Option(help: "Only those in this state: \(Effect.State.allCases.map(\.rawValue).joined(separator: ", ")). May be repeated.")
        var state: [Effect.State] = []

        @Flag(help: "Those that are over too.")
        var all = false

        @OptionGroup var list: ListOptions
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            if all, !state.isEmpty { throw ValidationError("--all and --state exclude each other") }
        }

        func run() async throws {
            try await options.access().withStore { store in
                let incident: IncidentID? =
                    if let text = incident { try await IncidentArgument.find(text, store) } else { nil }
                let states = state.isEmpty && !all ? EffectQuery.open.states : Set(state)
                let query = EffectQuery(states: states, incident: incident, target: target)
                let effects = try await store.effects(query).reversed().prefix(list.limit)
                switch list.output {
                case .table: print(Array(effects))
                case .ndjson: for effect in effects { Console.printJSON(try JSONOutput.line(effect)) }
                }
            }
        }

        private func print(_ effects: [Effect]) {
            guard !effects.isEmpty else {
                return Console.say(all ? "no effects" : "no effects are in force; --all lists those that are over")
            }
            let now = SystemClock().now()
            let rows = effects.map { effect in
                [
                    effect.id.rawValue, effect.condition(at: now), effect.kind.rawValue, effect.target.description,
                    effect.expiresAt?.toTheSecond ?? "for good", effect.playbook.rawValue, effect.incidentID.rawValue,
                    effect.remarks.joined(separator: "; "),
                ]
            }
            Console.print(Table.text([["ID", "STATE", "KIND", "TARGET", "UNTIL", "PLAYBOOK", "INCIDENT", "NOTE"]] + rows))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show one effect: the events, anomaly, playbook and step it rests on, and how it ends.",
            discussion: "Example: riposte effect show eff-4c1q8ram0v2kd")

        @Argument(help: "The effect's id, or its beginning.")
        var id: String

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let access = try options.access()
            try await access.withStore { store in
                let id = try await EffectArgument.find(id, store)
                let actions = try Assembly(access.loaded, store: store, logger: access.logger).responder.actions
                let now = SystemClock().now()
                guard let report = try await EffectReport(id, from: store, actions: actions, now: now) else {
                    throw Failure("the effect \(id) has just been removed")
                }
                Console.print(report.text(now: now))
            }
        }
    }

    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "undo", abstract: "Take one effect back before its time.",
            discussion: """
                \(UndoOptions.discussion)
                Example: riposte effect undo eff-4c1q8ram0v2kd --dry-run
                """)

        @Argument(help: "The effect's id, or its beginning.")
        var id: String

        @OptionGroup var undo: UndoOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await undo.run(options) { .effect(try await EffectArgument.find(id, $0)) } }
    }
}

extension Effect.State: ExpressibleByArgument {}

enum EffectArgument {
    /// The effect with this id, or the only one whose id begins so.
    static func find(_ text: String, _ store: any IncidentStore) async throws -> EffectID {
        if let effect = try await store.effect(EffectID(text)) { return effect.id }
        let ids = try await store.effects(EffectQuery()).map(\.id.rawValue)
        return EffectID(try IDPrefix(noun: "effect", list: "riposte effect list --all", prefix: "eff-").find(text, among: ids))
    }
}
