import Hummingbird
import Riposte

extension Site {
    func addAdmin(to router: Router<SiteContext>) {
        router.get("admin") { [self] request, context in
            if let refusal = refusal(context) { return refusal }
            let incidents = try await incidents()
            return page("Incidents", request) { seal in
                "<table>\(incidents.map { row($0, $1, seal) }.reduce("", +))</table>"
            }
        }
        router.post("admin/undo") { [self] request, context in
            if let refusal = refusal(context) { return refusal }
            let form = try await forms.fields(request, context)
            guard let account = context.security.account, let id = form["incident"] else { throw HTTPError(.badRequest) }
            guard try await responder.store.incident(IncidentID(id)) != nil else { throw HTTPError(.notFound) }
            _ = try await responder.undo(IncidentID(id), actor: account.user, reason: "undone on the admin page")
            return redirect(to: "/admin")
        }
    }

    /// Others are told that there is no such page.
    private func refusal(_ context: SiteContext) -> Response? {
        guard let account = context.security.account, settings.administrators.contains(account.user) else {
            return Response(status: .notFound)
        }
        return account.hasSecondFactor ? nil : redirect(to: "/second-factor")
    }

    private func incidents() async throws -> [(Incident, [Effect])] {
        var found: [(Incident, [Effect])] = []
        for incident in try await responder.store.incidents(IncidentQuery(limit: 50)) {
            found.append((incident, try await responder.store.effects(EffectQuery(incident: incident.id))))
        }
        return found
    }

    private func row(_ incident: Incident, _ effects: [Effect], _ seal: HTML) -> HTML {
        let list = effects.map { "\($0.kind) on \($0.target): \($0.state.rawValue)" }.joined(separator: "; ")
        let undo: HTML = """
            <form method="post" action="/admin/undo">\(seal)<input type="hidden" name="incident" value="\(incident.id)">
            <button>Undo</button></form>
            """
        return """
            <tr><td>\(incident.id)<td>\(incident.severity.name)<td>\(incident.status.rawValue)<td>\(incident.title)<td>\(list)
            <td>\(effects.contains { $0.state == .active } ? undo : "")</tr>

            """
    }
}
