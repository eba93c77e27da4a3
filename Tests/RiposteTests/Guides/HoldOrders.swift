import Riposte

/// Holds back what a customer has ordered, until its time is over or somebody lets it go.
struct HoldOrders: ReversibleAction, ProbingAction {
    struct Parameters: ActionParameters {
        static let hours = Parameter.count("hours", in: 1...72, default: 24, "How long orders are held back.")
        static let schema = [hours.description]
        var hours: Int
        init(_ values: ParameterValues) throws { hours = try values[Self.hours] }
    }

    let name: ActionName = "hold_orders"
    let targetKind: Target.Kind? = .user
    let warehouse: Warehouse

    func effects(_ parameters: Parameters, in context: ResponseContext) async throws -> [PlannedEffect] {
        let user = try context.require(.user)
        return [PlannedEffect(kind: "orders.held", target: .user(user.id), expiresAt: context.now + .hours(parameters.hours))]
    }

    func execute(_ parameters: Parameters, in context: ResponseContext) async throws -> ActionResult {
        guard let effect = context.effects.first else { throw MissingContext("user") }
        let customer = effect.target.value
        return await warehouse.hold(customer, for: effect.id.rawValue)
            ? .success("orders of \(customer) are held back") : .unchanged("orders of \(customer) were held back already")
    }

    func undo(_ effect: Effect) async throws -> ActionResult {
        await warehouse.letGo(effect.target.value, for: effect.id.rawValue)
            ? .success("orders of \(effect.target.value) go out again") : .unchanged("nothing was held back")
    }

    func probe(_ effect: Effect) async throws -> Probe {
        await warehouse.holds(effect.target.value, for: effect.id.rawValue) ? .inForce : .absent
    }
}

/// What the action changes. It keeps why something is held, so that two incidents do not get in each other's way.
actor Warehouse {
    private var reasons: [String: Set<String>] = [:]

    /// Tells whether the reason is new.
    func hold(_ customer: String, for reason: String) -> Bool { reasons[customer, default: []].insert(reason).inserted }

    /// Tells whether there was such a reason. Orders go out when the last one is gone.
    func letGo(_ customer: String, for reason: String) -> Bool {
        let was = reasons[customer]?.remove(reason) != nil
        if reasons[customer]?.isEmpty == true { reasons[customer] = nil }
        return was
    }

    func holds(_ customer: String, for reason: String) -> Bool { reasons[customer]?.contains(reason) ?? false }

    var held: [String] { reasons.keys.sorted() }
}
