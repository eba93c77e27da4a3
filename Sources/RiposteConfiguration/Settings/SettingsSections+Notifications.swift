internal import Riposte

/// Where notifications go and when: `routes`, and what every channel can say beside its own keys.
extension SettingsSections {
    static let deliveryKeys = ["min_severity", "digest", "quiet_hours", "escalate_after", "escalate_to"]

    mutating func readDelivery(_ member: LocatedValue.Member) {
        guard case .map(let members) = member.value.content else { return }
        let map = members.reduce(into: [String: LocatedValue]()) { $0[$1.key] = $1.value }
        guard map.keys.contains(where: Self.deliveryKeys.contains) else { return }
        var rules = DeliveryRules()
        if let value = map["min_severity"], let severity = values.severityName(value, "min_severity") { rules.minimumSeverity = severity }
        if let value = map["digest"] { rules.digest = digest(value, type: map["type"]?.json.string ?? "") }
        if let value = map["quiet_hours"] { rules.quietHours = quietHours(value) }
        rules.handOver = handOver(map, ChannelName(member.key))
        settings.notifications.channels[ChannelName(member.key)] = rules
    }

    // MARK: Digests

    /// `15m`, or `{every: 15m, below: high}`.
    private mutating func digest(_ value: LocatedValue, type: String) -> DeliveryRules.Digest? {
        if type == "pagerduty" || type == "opsgenie" {
            values.error(value.location, "a digest has no place here: each incident has an alert of its own", "leave “digest” out")
            return nil
        }
        guard case .map = value.content else { return length(value, "digest").map { DeliveryRules.Digest(every: $0) } }
        guard let map = values.map(value, "“digest”", known: ["every", "below"], later: []) else { return nil }
        guard let every = map["every"] else {
            values.error(value.location, "“digest” needs “every”", "write {every: 15m, below: high}")
            return nil
        }
        var digest = length(every, "every").map { DeliveryRules.Digest(every: $0) }
        if let value = map["below"], let below = values.severityName(value, "below") { digest?.below = below }
        return digest
    }

    private mutating func length(_ value: LocatedValue, _ what: String) -> Duration? {
        guard let length = values.duration(value, what) else { return nil }
        if length <= .hours(24) { return length }
        values.error(value.location, "“\(what)” is at most 24h")
        return nil
    }

    // MARK: Quiet hours

    /// One time of the day, or several.
    private mutating func quietHours(_ value: LocatedValue) -> [QuietHours] {
        let elements: [LocatedValue] = if case .list(let elements) = value.content { elements } else { [value] }
        var all: [(hours: QuietHours, text: String)] = []
        for element in elements {
            guard let next = quietTime(element) else { continue }
            if let other = all.first(where: { $0.hours.overlaps(next.hours) }) {
                values.error(element.location, "these quiet hours (\(next.text)) overlap others (\(other.text))", "make one of them")
            }
            all.append(next)
        }
        return all.map(\.hours)
    }

    private mutating func quietTime(_ value: LocatedValue) -> (hours: QuietHours, text: String)? {
        guard let map = values.map(value, "“quiet_hours”", known: ["from", "to", "timezone", "except"], later: []) else { return nil }
        for key in ["from", "to"] where map[key] == nil { values.error(value.location, "“quiet_hours” needs “\(key)”") }
        guard let from = map["from"].flatMap({ minute($0, "from") }), let to = map["to"].flatMap({ minute($0, "to") }) else { return nil }
        if from == to {
            values.error(value.location, "“from” and “to” are the same: these quiet hours never begin or never end", "use two times")
            return nil
        }
        var hours = QuietHours(from: from, to: to, zone: TimeZoneRule("local") ?? .utc)
        if let value = map["timezone"], let zone = timeZone(value).flatMap({ TimeZoneRule($0) }) { hours.zone = zone }
        if let value = map["except"] {
            hours.exception = value.json == "none" ? nil : values.severityName(value, "except")
        }
        return (hours, [map["from"], map["to"]].compactMap { $0?.json.string }.joined(separator: "–"))
    }

    /// `22:00`, in minutes after midnight.
    private mutating func minute(_ value: LocatedValue, _ what: String) -> Int? {
        if case .scalar(.string(let text)) = value.content {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            if parts.count == 2, parts.allSatisfy({ (1...2).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
                let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60, parts[1].utf8.count == 2
            {
                return hour * 60 + minute
            }
        }
        values.error(
            value.location, "“\(what)” must be a time of the day from 00:00 to 23:59; got \(PlaybookReader.got(value))",
            "write it in quotes: \"22:00\"")
        return nil
    }

    // MARK: Escalation

    private mutating func handOver(_ map: [String: LocatedValue], _ channel: ChannelName) -> DeliveryRules.HandOver? {
        let (after, to) = (map["escalate_after"], map["escalate_to"])
        if let after, to == nil { values.error(after.location, "“escalate_after” needs “escalate_to”: the channel that is told then") }
        if let to, after == nil { values.error(to.location, "“escalate_to” needs “escalate_after”", "write “escalate_after: 15m”") }
        guard let after, let to, let length = length(after, "escalate_after") else { return nil }
        let names = values.texts(to, "escalate_to") ?? []
        escalations[channel] = to.location
        return names.isEmpty ? nil : DeliveryRules.HandOver(after: length, to: names.map { ChannelName($0) })
    }

    // MARK: Routes

    mutating func readRoutes(_ value: LocatedValue) {
        guard case .list(let elements) = value.content else {
            return values.error(
                value.location, "“routes” must be a list; got \(PlaybookReader.got(value))", "write - {severity: high, channels: [slack]}")
        }
        if elements.isEmpty {
            values.error(value.location, "“routes” is an empty list: nobody would be told", "leave it out for every channel")
        }
        for element in elements {
            guard let map = values.map(element, "a route", known: ["severity", "playbooks", "channels"], later: []) else { continue }
            guard let channels = map["channels"] else {
                values.error(element.location, "a route needs “channels”: who is told")
                continue
            }
            var route = NotificationRules.Route(channels: names(of: channels, "channels"))
            if let value = map["severity"] { route.severity = values.severity(value) }
            if let value = map["playbooks"] { route.playbooks = Set((values.texts(value, "playbooks") ?? []).map { PlaybookSlug($0) }) }
            settings.notifications.routes.append(route)
        }
    }

    /// Channels that are there: after these were read.
    private mutating func names(of value: LocatedValue, _ what: String) -> [ChannelName] {
        let names = (values.texts(value, what) ?? []).map { ChannelName($0) }
        checkKnown(names, at: value.location)
        return names
    }

    private mutating func checkKnown(_ names: [ChannelName], at place: SourceLocation?) {
        guard namesAreKnown else { return }
        let known = settings.channels.keys.map(\.rawValue)
        for name in names where !known.contains(name.rawValue) {
            values.error(place, "there is no channel “\(name)”", Suggestion.forName(name.rawValue, among: known))
        }
    }

    /// What shows only when all channels are known.
    mutating func checkEscalations() {
        for (channel, place) in escalations.sorted(by: { $0.key < $1.key }) {
            checkKnown(settings.notifications.channels[channel]?.handOver?.to ?? [], at: place)
        }
        guard let circle = settings.notifications.circle, let first = circle.first else { return }
        let names = circle.map { "“\($0)”" }.joined(separator: " to ")
        values.error(escalations[first] ?? nil, "this escalates in a circle: \(names)", "leave one “escalate_to” out")
    }
}
