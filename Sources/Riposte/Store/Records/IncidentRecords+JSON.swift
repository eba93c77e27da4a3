extension Incident: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        try json.object { json in
            try json.member("acknowledgement", encoded: acknowledgement)
            try json.member("anomalyCount", anomalyCount)
            try json.member("assignee", assignee)
            try json.member("breachedAt", breachedAt)
            try json.member("cause", cause)
            try json.member("containedAt", containedAt)
            json.member("detectors", texts: detectors)
            try json.member("eventCount", eventCount)
            try json.member("firstEventAt", firstEventAt)
            try json.member("history", history)
            json.member("id", name: id)
            try json.member("lastActivityAt", lastActivityAt)
            try json.member("lastEventAt", lastEventAt)
            try json.member("lessons", lessons)
            try json.member("notes", encoded: notes)
            try json.member("openedAt", openedAt)
            try json.member("openedBy", openedBy)
            try json.member("reason", reason)
            json.member("severity", text: severity)
            json.member("sources", texts: sources)
            json.member("status", name: status)
            try json.member("targets", targets)
            try json.member("title", title)
            try json.member("verdict", encoded: verdict)
            try json.member("version", version)
        }
    }
}

extension Incident.StatusChange: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        try json.object { json in
            try json.member("actor", actor)
            try json.member("at", at)
            try json.member("note", note)
            json.member("to", name: to)
        }
    }
}

extension Anomaly: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        try json.object { json in
            try json.member("count", count)
            json.member("detector", name: detector)
            try json.member("evidence", evidence)
            try json.member("first", first)
            json.member("id", name: id)
            try json.member("last", last)
            try json.member("score", score)
            json.member("severity", text: severity)
            json.member("sources", texts: sources)
            try json.member("summary", summary)
            try json.member("targets", targets)
        }
    }
}

extension Evidence: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        try json.object { json in
            if let address { json.member("address", text: address) }
            try json.member("count", count)
            json.member("source", name: source)
            try json.member("time", time)
            try json.member("user", user)
            try json.member("what", what)
        }
    }
}

extension TargetSet: JSONWritable {
    func write(to json: inout JSONWriter) throws {
        json.object { json in
            if !addresses.isEmpty { json.member("addresses", texts: addresses) }
            if !sessions.isEmpty { json.member("sessions", texts: sessions) }
            if !users.isEmpty { json.member("users", texts: users) }
        }
    }
}
