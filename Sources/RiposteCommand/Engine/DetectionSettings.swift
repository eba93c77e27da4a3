import Riposte

/// Makes detectors of settings.
enum DetectionSettings {
    /// What can be set, for the settings file's reader.
    static var described: [String: [ParameterDescription]] { DetectionConfiguration.parameters }

    static func service(_ settings: [String: [String: JSONValue]]) throws -> DetectionService {
        var configuration = DetectionConfiguration()
        for (detector, values) in settings.sorted(by: { $0.key < $1.key }) {
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                do { try configuration.set(detector, name, to: value) } catch {
                    throw UnusableSetting(description: "detectors: \(detector): \(name): \(error)")
                }
            }
        }
        return DetectionService(DetectionEngine(configuration: configuration))
    }
}
