#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The store's file by its one name, so that all who work on it mean the same.
enum StorePath {
    static func resolved(_ store: String) -> String {
        guard let resolved = realpath(store, nil) else { return store }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
