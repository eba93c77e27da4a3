/// What a source's state is as a tree, made without a detour by text: it is written with every ingest commit, and before it.
///
/// The tree is that of the `Codable`, member for member.
extension SourceState {
    package var json: JSONValue {
        var members = ["history": history.json]
        if let position { members["position"] = position.json }
        if let lastEvent { members["lastEvent"] = .string(lastEvent.record) }
        return .object(members)
    }
}

extension PositionHistory {
    fileprivate var json: JSONValue {
        let marks = marks.map { JSONValue.object(["time": .string($0.time.record), "position": $0.position.json]) }
        return ["marks": .array(marks), "windowSeconds": .int(window.components.seconds)]
    }
}

extension SourcePosition {
    fileprivate var json: JSONValue {
        guard case .file(let file, let older) = self else { return encoded }
        guard let json = file.json else { return encoded }
        let others = older.compactMap(\.json)
        guard others.count == older.count else { return encoded }
        return others.isEmpty ? ["file": json] : ["file": json, "older": .array(others)]
    }

    /// By way of text, whatever it is.
    private var encoded: JSONValue { RecordCoding.tree(of: self) }
}

extension FilePosition {
    /// `nil` where a number is beyond those that a tree holds exactly.
    fileprivate var json: JSONValue? {
        guard let device = Int64(exactly: device), let inode = Int64(exactly: inode), let offset = Int64(exactly: offset) else {
            return nil
        }
        var members: [String: JSONValue] = [
            "device": .int(device), "inode": .int(inode), "offset": .int(offset), "fingerprint": fingerprint.json,
            "modified": .string(modified.record), "isInsideLine": .bool(isInsideLine),
        ]
        if let generation { members["generation"] = .int(Int64(generation)) }
        return .object(members)
    }
}
