internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Riposte

/// What is done about who is signed in with a request; shared by the middlewares that do it.
final class AccountEnforcement: Sendable {
    let pages: AccountPages
    let locked: LockedSessions
    private let references = ReferenceBook()

    init(pages: AccountPages, locked: LockedSessions) {
        self.pages = pages
        self.locked = locked
    }

    /// What is to be done with a request that does not just go on.
    final class Order: Sendable {
        let answer: AccountPages.Answer
        let decision: Decision?
        let logLevel: String?

        init(_ answer: AccountPages.Answer, for decision: Decision?, logLevel: String?) {
            self.answer = answer
            self.decision = decision
            self.logLevel = logLevel
        }
    }

    /// Notes in `known` who goes on, if anybody; `nil` = nothing else is to be done, as with most requests.
    @inline(never) func order(about account: SignedIn?, _ moment: Moment, _ request: Request, _ known: RequestSecurity) -> Order? {
        known.account = account
        guard let account else { return nil }
        let (demand, level) = moment.decided.standing(of: account, at: moment.now, locked)
        guard demand != nil || level != nil else { return nil }
        let isReading = request.method == .get || request.method == .head
        let answer = demand.map { pages.answer(to: $0, path: request.uri.path, isReading: isReading) } ?? .goOn
        if answer == .goOnAsNobody { known.account = nil }
        return Order(answer, for: demand.flatMap { moment.decided[$0.key(account)] }, logLevel: level)
    }

    /// - Returns: the answer to a request that does not go on.
    func refusal(_ order: Order, _ request: Request, _ context: inout some SecuredRequestContext) -> Response? {
        if let level = order.logLevel { context.log(at: level) }
        switch order.answer {
        case .goOn, .goOnAsNobody: return nil
        case .detour(let page):
            let from = context.security.address?.description ?? ""
            context.logger.debug(
                "request led elsewhere", metadata: ["path": "\(PlainText.line(request.uri.path))", "to": "\(page)", "from": "\(from)"])
            return .detour(to: page)
        case .refuse(let status): return .refusal(status, references.reference(for: order.decision, context.logger), to: request)
        }
    }

    /// The rest of the way of such a request.
    @inline(never) func obey<Context: SecuredRequestContext>(
        _ order: Order, _ request: Request, _ context: Context, _ next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let refusal = refusal(order, request, &context) { return refusal }
        return try await next(request, context)
    }
}
