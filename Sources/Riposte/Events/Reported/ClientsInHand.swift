internal import Synchronization

/// The clients of whom something was reported that has not been answered yet. Asked with each request, so the common answer,
/// that there is none, costs one atomic load.
final class ClientsInHand: Sendable {
    private let count = Atomic(0)
    private let clients = Mutex<[AddressRange: Int]>([:])
    private let released = Broadcast()

    var isEmpty: Bool { count.load(ordering: .acquiring) == 0 }

    func contains(_ client: AddressRange) -> Bool { !isEmpty && clients.withLock { $0[client] != nil } }

    func add(_ client: AddressRange) {
        clients.withLock { clients in
            clients[client, default: 0] += 1
            count.add(1, ordering: .acquiringAndReleasing)
        }
    }

    /// One for each time it was added.
    func remove(_ gone: [AddressRange]) {
        guard !gone.isEmpty else { return }
        clients.withLock { clients in
            for client in gone {
                let left = (clients[client] ?? 1) - 1
                clients[client] = left == 0 ? nil : left
                count.subtract(1, ordering: .acquiringAndReleasing)
            }
        }
        released.wake()
    }

    func waitUntilFree(_ client: AddressRange) async { await released.wait { !self.contains(client) } }
    func waitUntilEmpty() async { await released.wait { self.isEmpty } }
}
