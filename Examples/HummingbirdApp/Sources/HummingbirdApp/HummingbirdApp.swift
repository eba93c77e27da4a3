import Hummingbird
import Logging
import Riposte
import RiposteSQLite

@main
struct HummingbirdApp {
    static func main() async throws {
        let settings = try SiteSettings(environment: Environment())
        let logger = Logger(label: "app")
        let store: any IncidentStore =
            if let path = settings.database { try await SQLiteStore.open(path: path) } else { InMemoryStore() }
        let site = try Site(settings, store: store, logger: logger)
        try await site.application().runService()
    }
}
