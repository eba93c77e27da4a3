public import Hummingbird
public import Riposte

/// Obeys what is decided of accounts and sessions. Comes after whatever knows who is signed in; it is told by a closure and reads no
/// cookie itself.
///
/// | Decided | A request of that account |
/// | --- | --- |
/// | blocked | 403, on every path |
/// | locked | goes on: nobody *new* signs in (ask `EventReporter.standing(of:)` there); or is signed out, see ``LockedSessions`` |
/// | session ended, or begun before the account's sessions were revoked | is nobody's: 401, or on to the page for signing in |
/// | must reset the password, must pass a second factor | 403, or on to the page for that, until it is done |
/// | logged in more detail | logs at that level |
///
/// Whoever may go on is in the context as ``RequestSecurity/account``. Take the identity from there.
public struct AccountMiddleware<Context: SecuredRequestContext>: RouterMiddleware {
    /// Tells who is signed in with a request; `nil` = nobody. Reads the host's own session, and may note in the context what it finds.
    ///
    /// What it throws ends the request.
    public typealias Identify = @Sendable (Request, inout Context) async throws -> SignedIn?

    private let security: EventReporter
    private let accounts: AccountEnforcement
    private let clock: any WallClock
    private let identify: Identify

    /// - Parameter identify: who is signed in; `nil` = nobody.
    public init(
        _ security: EventReporter, pages: AccountPages = AccountPages(), locked: LockedSessions = .goOn,
        clock: any WallClock = SystemClock(), identify: @escaping Identify
    ) {
        self.security = security
        accounts = AccountEnforcement(pages: pages, locked: locked)
        self.clock = clock
        self.identify = identify
    }

    @concurrent public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        let account = try await identify(request, &context)
        let moment = Moment(decided: security.decisions.snapshot, now: clock.now())
        if let order = accounts.order(about: account, moment, request, context.security) {
            return try await accounts.obey(order, request, context, next)
        }
        return try await next(request, context)
    }
}

/// What becomes of the sessions of an account that is locked.
public enum LockedSessions: String, Sendable, Hashable, CaseIterable {
    /// They go on: ten wrong passwords of a stranger put nobody out who is in.
    case goOn
    /// They are nobody's while the lock lasts.
    case areNobodys
}
