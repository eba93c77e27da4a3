extension PlaybookRun: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        try json.object { json in
            json.member("contained", texts: contained)
            try json.member("context", context)
            try json.member("createdAt", createdAt)
            try json.member("deadline", deadline)
            try json.member("endedAt", endedAt)
            try json.member("episode", episode)
            json.member("id", name: id)
            json.member("incidentID", name: incidentID)
            json.member("mode", name: mode)
            try json.member("playbook", playbook.definition)
            try json.member("revision", revision)
            json.member("severity", text: severity)
            json.member("status", name: status)
            try json.member("targets", targets)
            try json.member("trigger", trigger)
            try json.member("undone", encoded: undone)
            if let waitingFor { json.member("waitingFor", name: waitingFor) }
        }
    }
}

extension RunTrigger: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        try json.object { json in
            switch self {
            case .anomaly(let anomaly):
                json.key("anomaly")
                try json.object { try $0.member("_0", anomaly) }
            case .manual(let actor, let reason):
                json.key("manual")
                try json.object { json in
                    try json.member("actor", actor)
                    try json.member("reason", reason)
                }
            }
        }
    }
}

extension RunEnding: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        try json.object { json in
            json.member("contained", texts: contained)
            try json.member("endedAt", endedAt)
            json.member("status", name: status)
        }
    }
}

extension JournalEntry: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        try json.object { json in
            try json.member("at", at)
            try json.member("record", record)
            json.member("runID", name: runID)
            try json.member("sequence", sequence)
        }
    }
}

extension JournalEntry.Record: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        switch self {
        case .asked, .answered: json.raw(try RecordCoding.encoded(self))
        default: try writeOften(to: &json)
        }
    }

    private func writeOften(to json: inout JSONWriter) throws {
        try json.object { json in
            switch self {
            case .asked, .answered: break
            case .intent(let path, let attempt):
                json.key("intent")
                try json.object { json in
                    json.member("_0", text: path)
                    try json.member("attempt", attempt)
                }
            case .retry(let path, let outcome, let next): try Self.write("retry", path, outcome, next, to: &json)
            case .outcome(let path, let outcome): try Self.write("outcome", path, outcome, nil, to: &json)
            case .late(let path, let outcome): try Self.write("late", path, outcome, nil, to: &json)
            case .sealed(let status):
                json.key("sealed")
                json.object { $0.member("_0", name: status) }
            }
        }
    }

    private static func write(
        _ name: String, _ path: StepPath, _ outcome: StepOutcome, _ next: Timestamp?, to json: inout JSONWriter
    ) throws {
        json.key(name)
        try json.object { json in
            json.member("_0", text: path)
            try json.member("_1", outcome)
            try json.member("next", next)
        }
    }
}

extension StepOutcome: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        try json.object { json in
            try json.member("attempt", attempt)
            try json.member("context", context)
            try json.member("endedAt", endedAt)
            if let failureKind { json.member("failureKind", name: failureKind) }
            try json.member("guardNote", guardNote)
            json.member("kind", name: kind)
            try json.member("message", message)
            try json.member("startedAt", startedAt)
        }
    }
}

extension Effect: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        try json.object { json in
            json.member("action", name: action)
            try json.member("activeSince", activeSince)
            try json.member("breach", encoded: breach)
            try json.member("createdAt", createdAt)
            try json.member("driftCount", driftCount)
            try json.member("drifts", encoded: drifts)
            try json.member("endedAt", endedAt)
            try json.member("expiresAt", expiresAt)
            json.member("id", name: id)
            json.member("incidentID", name: incidentID)
            try json.member("inverse", inverse)
            try json.member("isFalsePositive", isFalsePositive)
            json.member("kind", name: kind)
            try json.member("nextUndoAt", nextUndoAt)
            try json.member("note", note)
            json.member("playbook", name: playbook)
            json.member("runID", name: runID)
            json.member("state", name: state)
            json.member("step", text: step)
            json.member("target", text: target)
            try json.member("terms", encoded: terms)
            try json.member("undoAttempts", undoAttempts)
            try json.member("undoReason", undoReason)
            try json.member("undoneBy", undoneBy)
            try json.member("version", version)
        }
    }
}
